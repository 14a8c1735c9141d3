"""Composes a message when it is sent, or looked at: ids in, text out."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from projections.alerts.channel import Outgoing
from projections.alerts.message import Held
from projections.alerts.outgoing import outgoing
from projections.alerts.render import Received, alert
from tracker.domain.base import Recorded, tagged
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.errors import NotFound
from tracker.domain.party import PartyNamed
from tracker.domain.values import Citation, instant_text
from tracker.log.database import Database
from tracker.log.read import Reader
from tracker.proof.tiles import Tiles
from tracker.tables.links import Links


class Composer:
    """Reads what a message is about from the log, up to the message's own position."""

    def __init__(self, database: Database, public_url: str) -> None:
        self._reader = Reader(database)
        self._tiles = Tiles(database)
        self._links = Links(database)
        self._public_url = public_url.rstrip("/")

    async def compose(self, message: Held) -> Outgoing:
        """The message in words; NotFound where the payloads of all its events were erased."""
        composed = (await self.compose_all([message]))[message.id]
        if isinstance(composed, Exception):
            raise composed
        return composed

    async def compose_all(self, messages: Sequence[Held]) -> dict[UUID, Outgoing | Exception]:
        """Many messages at the price of one reading; what is wrong with one stops no other."""
        events = {member.event for message in messages for member in message.members}
        told = {r.id: r for r in await self._reader.by_ids(list(events))} if events else {}
        behind = await self._behind(told.values(), max(m.position for m in messages))
        roots = await self._tiles.roots_at({m.position for m in messages})
        composed: dict[UUID, Outgoing | Exception] = {}
        for message in messages:
            known = [r for r in behind if r.position <= message.position]
            try:
                made = self._composed(message, told, known, roots[message.position])
                composed[message.id] = await self._addressed(message, made)
            except Exception as fault:  # noqa: BLE001  it is the verdict on this message
                composed[message.id] = fault
        return composed

    def _composed(
        self,
        message: Held,
        told: Mapping[UUID, Recorded],
        behind: Sequence[Recorded],
        root: bytes,
    ) -> Outgoing:
        left = [(m, told[m.event]) for m in message.members if _readable(told.get(m.event))]
        if message.members and not left:
            raise NotFound(f"the event {message.members[0].event} of this alert was erased")
        names, documents = _names(behind), _documents(behind)
        alerts = [
            alert(member, recorded, documents, names, self._public_url) for member, recorded in left
        ]
        return outgoing(message, alerts, root)

    async def _addressed(self, message: Held, made: Outgoing) -> Outgoing:
        """With the link that ends the subscription."""
        if message.subscription is None:
            return made
        token = await self._links.token("unsubscribe", message.subscription)
        link = f"{self._public_url}/unsubscribe/{message.subscription}/{token}"
        return msgspec.structs.replace(made, unsubscribe=link)

    async def _behind(self, told: Iterable[Recorded], position: int) -> list[Recorded]:
        """The documents that are cited and the parties that are named, as known then."""
        tags: dict[str, None] = {}
        for recorded in told:
            citations: Sequence[Citation] = getattr(recorded.event, "citations", ())
            tags |= dict.fromkeys(f"document:{c.document}" for c in citations)
            if recorded.event:
                tags |= dict.fromkeys(f"party:{p}" for p in recorded.event.facets().parties)
        return await self._reader.read_all(tagged(*tags), before=position) if tags else []


def _readable(recorded: Recorded | None) -> bool:
    return recorded is not None and recorded.event is not None


def _names(behind: Sequence[Recorded]) -> dict[str, str]:
    named = (r.event for r in behind if isinstance(r.event, PartyNamed))
    return {event.party: event.names[0] for event in named}


def _documents(behind: Sequence[Recorded]) -> dict[str, Received]:
    known: dict[str, Received] = {}
    for recorded in behind:
        version = recorded.event
        if isinstance(version, DocumentReceived | DocumentRevised):
            first = known.get(version.document)
            captured = first.captured_at if first else instant_text(recorded.recorded_at)
            known[version.document] = Received(version, captured)
    return known
