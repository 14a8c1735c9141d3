"""Given, when, then: a past made of events, a command, and what it decides."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tracker.domain.base import Actor, Command, Event, Given, NewEvent, Recorded
from tracker.domain.document import DocumentReceived
from tracker.domain.values import checked

NOW = datetime(2024, 6, 19, 12, tzinfo=UTC)
ANALYST = Actor("analyst", "analyst")
TEXT = "Ecuador suspends the agreement with China. “We act,” said Sommerfeld. Ecuador acts."
SHA = "a" * 64


def uid(number: int) -> str:
    """A readable id."""
    return str(UUID(int=number))


DOCUMENT = uid(0xD0C)


def received(document: str = DOCUMENT, published_at: str | None = None) -> DocumentReceived:
    """The document whose text is TEXT."""
    return DocumentReceived(
        document=document,
        raw_sha256="b" * 64,
        text_sha256=SHA,
        url="https://example.org/a",
        published_at=published_at,
    )


def past(*events: Event, by: Actor = ANALYST) -> list[Recorded]:
    """The events as a log holds them, one a minute, with the ids 1001, 1002, …"""
    return [
        Recorded(
            position=n,
            id=UUID(int=1000 + n),
            type=event.type,
            schema_version=1,
            recorded_at=NOW + timedelta(minutes=n),
            actor=by,
            correlation_id=UUID(int=0),
            causation_id=None,
            tags=tuple(sorted({f"type:{event.type}", *event.tags()})),
            event=event,
        )
        for n, event in enumerate(events, 1)
    ]


def given(texts: Mapping[str, str] | None = None, by: Actor = ANALYST) -> Given:
    """Ids count from 1; the text of the document is known."""
    numbers = iter(range(1, 1000))
    return Given(NOW, lambda: UUID(int=next(numbers)), by, {SHA: TEXT} if texts is None else texts)


def decided(
    command: Command, *events: Event, texts: Mapping[str, str] | None = None
) -> list[Event]:
    """What a command makes of what happened."""
    return [new.event for new in new_events(command, *events, texts=texts)]


def new_events(
    command: Command, *events: Event, texts: Mapping[str, str] | None = None
) -> Sequence[NewEvent]:
    """The same with ids and causes; only what the command reads is known to it."""
    command = command.normal()
    log = past(*(checked(event) for event in events))
    query = command.reads(())
    known = [r for r in log if any(set(item.tags) <= set(r.tags) for item in query.items)]
    return command.decide(known, given(texts))
