"""Statements: who said what, when, where and in which role; those of one briefing share a key."""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from projections.view import Row, State, View
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.ids import derived
from tracker.domain.statement import StatementMade


class Statement(Row, frozen=True, kw_only=True):
    """One quotation; speaker and bodies are party ids."""

    table: ClassVar[str] = "statement"
    key: ClassVar[tuple[str, ...]] = ("position",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("event",),
        ("speaker", "said_lower"),
        ("organisation", "said_lower"),
        ("country", "said_lower"),
        ("briefing",),
        ("about",),
        ("documents",),
    )

    position: int
    event: str
    speaker: str
    role: str | None
    organisation: str | None
    on_behalf_of: str | None
    country: str | None
    said_on: str | None
    said_lower: date | None
    """The first day that `said_on` (EDTF) can mean."""
    medium: str | None
    place: str | None
    text: str
    verbatim: str
    language: str | None
    about: tuple[str, ...]
    documents: tuple[str, ...]
    briefing: str | None
    """The same for what one speaker said on one occasion; None where the date is unknown."""


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """The row of a statement."""
    event = recorded.event
    if not isinstance(event, StatementMade):
        return
    yield Statement(
        position=recorded.position,
        event=str(recorded.id),
        speaker=event.speaker,
        role=event.role,
        organisation=event.organisation,
        on_behalf_of=event.on_behalf_of,
        country=event.country,
        said_on=event.said_on,
        said_lower=edtf.lower(event.said_on) or edtf.upper(event.said_on),
        medium=event.medium,
        place=event.place,
        text=event.text,
        verbatim=event.verbatim,
        language=event.language,
        about=event.about,
        documents=tuple(dict.fromkeys(c.document for c in event.citations)),
        briefing=_briefing(event),
    )


def _briefing(event: StatementMade) -> str | None:
    if event.said_on is None:
        return None
    place = " ".join((event.place or "").split()).casefold()
    key = (event.speaker, event.said_on, event.organisation or "", place)
    return str(derived("briefing", *key))


VIEW = View(name="statements", version=1, rows=(Statement,), events=(StatementMade,), fold=fold)
