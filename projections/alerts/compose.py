"""Composes a message when it is sent, or looked at: ids in, text out."""

from collections.abc import Sequence

from projections.alerts.channel import Outgoing
from projections.alerts.outbox import Claim, Message
from projections.alerts.render import Received, alert, outgoing
from tracker.domain.base import Recorded, tagged
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.errors import NotFound
from tracker.domain.party import PartyNamed
from tracker.domain.values import Citation, instant_text
from tracker.log.database import Database
from tracker.log.read import Reader


class Composer:
    """Reads what a message is about from the log, up to the message's own position."""

    def __init__(self, database: Database, public_url: str) -> None:
        self._reader = Reader(database)
        self._public_url = public_url.rstrip("/")

    async def compose(self, message: Claim | Message) -> Outgoing:
        """The message in words; NotFound where the payload of its event was erased."""
        found = await self._reader.by_ids([message.event])
        if not found or found[0].event is None:
            raise NotFound(f"the event {message.event} of this alert was erased")
        recorded = found[0]
        citations: Sequence[Citation] = getattr(recorded.event, "citations", ())
        tags = [f"document:{c.document}" for c in citations]
        tags += [f"party:{p}" for p in found[0].event.facets().parties]
        behind = await self._reader.read_all(tagged(*tags), before=message.position) if tags else []
        names = _names(behind)
        composed = alert(
            message, recorded, _documents(behind), lambda p: names.get(p, p), self._public_url
        )
        return outgoing(message, composed)


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
