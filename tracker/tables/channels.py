"""Channels: where alerts are sent; contact details and secrets stand here and never in the log."""

import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from tracker.clock import Clock
from tracker.domain.errors import NotFound
from tracker.domain.ids import timed
from tracker.log.database import Database

CREATE = """
insert into app.channel (id, owner, kind, settings, created_at)
values (%(id)s, %(owner)s, %(kind)s, %(settings)s, %(created_at)s) on conflict (id) do nothing
"""
GET = "select id::text, owner, kind, settings, closed from app.channel where id = %(id)s::uuid"
ALL = "select id::text, owner, kind, settings, closed from app.channel order by created_at"
DELETE = "delete from app.channel where id = %(id)s::uuid"


class Channel(msgspec.Struct, frozen=True):
    """One way to reach somebody; `closed` says why it is not used any more."""

    id: str
    owner: str
    kind: str
    settings: dict[str, Any]
    closed: str | None = None


class Channels:
    """The channels of all users."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy

    async def create(
        self, owner: str, kind: str, settings: dict[str, Any], *, known: str | None = None
    ) -> Channel:
        """A new channel with settings that its kind has checked.

        With an id in `known`, asking again gives the channel that was made the first time.
        """
        new_id = known or str(timed(self._clock(), self._entropy(10)))
        channel = Channel(new_id, owner, kind, settings)
        made = await self._database.run(
            CREATE,
            {
                "id": channel.id,
                "owner": owner,
                "kind": kind,
                "settings": Jsonb(settings),
                "created_at": self._clock(),
            },
        )
        return channel if made else await self.get(new_id)

    async def get(self, channel: str) -> Channel:
        """A channel by id, or NotFound."""
        rows = await self._database.fetch(GET, {"id": channel})
        if not rows:
            raise NotFound(f"channel: there is no channel {channel}", field="channel")
        return Channel(*rows[0])

    async def all(self) -> list[Channel]:
        """Every channel, oldest first."""
        return [Channel(*row) for row in await self._database.fetch(ALL)]

    async def delete(self, channel: str) -> None:
        """Forget a channel and what it knows of its owner."""
        await self._database.run(DELETE, {"id": channel})
