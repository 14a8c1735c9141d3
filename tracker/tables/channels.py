"""Channels: where alerts are sent; contact details and secrets stand here and never in the log."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import msgspec
from psycopg.types.json import Jsonb

from tracker.clock import Clock
from tracker.domain.errors import NotFound
from tracker.domain.ids import timed
from tracker.log.database import Database
from tracker.tables.sealing import Sealer

CREATE = """
insert into app.channel (id, owner, kind, settings, sealed, fallback, created_at)
values (%(id)s, %(owner)s, %(kind)s, %(settings)s, %(sealed)s, %(fallback)s, %(created_at)s)
on conflict (id) do nothing
"""
GET = """
select id::text, owner, kind, settings, closed, fallback::text, sealed
from app.channel where id = %(id)s::uuid
"""
ALL = """
select id::text, owner, kind, settings, closed, fallback::text, sealed
from app.channel order by created_at
"""
SET = """
update app.channel
set settings = %(settings)s, sealed = %(sealed)s, fallback = %(fallback)s, closed = %(closed)s
where id = %(id)s
"""
CLEAR = "select id::text, settings from app.channel where settings is not null"
SEAL = """
update app.channel set settings = null, sealed = %(sealed)s
where id = %(id)s and settings = %(settings)s
"""
REOPEN = """
with opened as (
    update app.channel set closed = null where id = %(channel)s::uuid and closed is not null
    returning id
)
insert into app.channel_change (channel, changed_at, change, by)
select id, %(now)s, 'reopened', %(by)s from opened
"""
CHANGES = """
select changed_at, change, by, reason from app.channel_change
where channel = %(channel)s::uuid order by number
"""
DELETE = "delete from app.channel where id = %(id)s::uuid"


class Channel(msgspec.Struct, frozen=True):
    """One way to reach somebody; `closed` says why it is not used any more."""

    id: str
    owner: str
    kind: str
    settings: dict[str, Any]
    closed: str | None = None
    fallback: str | None = None
    """The channel through which that goes on which this one cannot deliver."""


class Change(msgspec.Struct, frozen=True):
    """A channel was closed, by whom it leads to, or opened again by somebody."""

    changed_at: datetime
    change: Literal["closed", "reopened"]
    by: str | None
    reason: str | None


class Channels:
    """The channels of all users."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sealer: Sealer,
        *,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sealer = sealer
        self._entropy = entropy

    async def create(
        self,
        owner: str,
        kind: str,
        settings: dict[str, Any],
        *,
        known: str | None = None,
        fallback: str | None = None,
    ) -> Channel:
        """A new channel with settings that its kind has checked.

        With an id in `known`, asking again gives the channel that was made the first time.
        """
        new_id = known or str(timed(self._clock(), self._entropy(10)))
        channel = Channel(new_id, owner, kind, settings, fallback=fallback)
        made = await self._database.run(CREATE, {**self._row(channel), "created_at": self._clock()})
        return channel if made else await self.get(new_id)

    async def get(self, channel: str) -> Channel:
        """A channel by id, or NotFound."""
        rows = await self._database.fetch(GET, {"id": channel})
        if not rows:
            raise NotFound(f"channel: there is no channel {channel}", field="channel")
        return self._opened(*rows[0])

    async def all(self) -> list[Channel]:
        """Every channel, oldest first."""
        return [self._opened(*row) for row in await self._database.fetch(ALL)]

    async def set(self, channel: Channel) -> None:
        """Keep a channel as it is given; what was sealed may come to be under a newer key."""
        await self._database.run(SET, self._row(channel))

    async def reopen(self, channel: str, by: str) -> bool:
        """Use a channel again that was closed; false where it is open."""
        named = {"channel": channel, "by": by, "now": self._clock()}
        return await self._database.run(REOPEN, named) > 0

    async def changes(self, channel: str) -> list[Change]:
        """When a channel was closed and opened again, the first time first."""
        return [Change(*row) for row in await self._database.fetch(CHANGES, {"channel": channel})]

    async def seal(self) -> None:
        """Seal what stands in clear, as it does from before there was a key."""
        for channel, settings in await self._database.fetch(CLEAR) if self._sealer.keyed else ():
            sealed = self._sealer.seal(msgspec.json.encode(settings), _about(channel))
            row = {"id": channel, "settings": Jsonb(settings), "sealed": sealed}
            await self._database.run(SEAL, row)

    async def delete(self, channel: str) -> None:
        """Forget a channel and what it knows of its owner."""
        await self._database.run(DELETE, {"id": channel})

    def _row(self, channel: Channel) -> dict[str, Any]:
        keyed = self._sealer.keyed
        plain = msgspec.json.encode(channel.settings)
        return {
            **msgspec.structs.asdict(channel),
            "settings": None if keyed else Jsonb(channel.settings),
            "sealed": self._sealer.seal(plain, _about(channel.id)) if keyed else None,
        }

    def _opened(
        self,
        channel: str,
        owner: str,
        kind: str,
        settings: Any,
        closed: str | None,
        fallback: str | None,
        sealed: bytes | None,
    ) -> Channel:
        known = opened(self._sealer, channel, settings, sealed)
        return Channel(channel, owner, kind, known, closed, fallback)


def opened(sealer: Sealer, channel: str, settings: Any, sealed: bytes | None) -> Any:
    """The settings of a row, whichever way they stand; Refused where their key is missing."""
    if sealed is None:
        return settings
    return msgspec.json.decode(sealer.open(bytes(sealed), _about(channel)))


def _about(channel: str) -> str:
    return f"channel {channel}"
