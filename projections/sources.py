"""Rows that rest on sources: a fact's own, and those that bore it out later."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from projections.origins import Origin, classed
from projections.said import Said, said
from projections.view import Change, Gone, Lookup, Row, State
from tracker.domain.base import Event, Recorded
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.fact import Fact

CORRECTIONS: tuple[type[Event], ...] = (FactCorrected, FactRetracted, FactCorroborated)
"""What every view of facts is given besides the facts."""


class Source(msgspec.Struct, frozen=True, gc=False):
    """What the fact itself or a corroboration of it cites."""

    event: str
    origins: tuple[Origin, ...]
    documents: tuple[str, ...]


class Sourced(Row, frozen=True, kw_only=True):
    """The row of one fact, under its first id and position."""

    event: str
    position: int
    corrected_at: int | None
    """The position of the latest correction, whose words these are."""
    sources: tuple[Source, ...]
    """The fact itself, then what bore it out; empty where nothing did, as nothing does to most."""
    origins: tuple[Origin, ...]
    documents: tuple[str, ...]


S = TypeVar("S", bound=Sourced)


def source_of(event: str, fact: Fact) -> Source:
    """What a fact cites."""
    return Source(event, classed(fact.citations), _documents(fact))


def _documents(fact: Fact) -> tuple[str, ...]:
    cited = fact.cited()
    return cited if len(cited) < 2 else tuple(dict.fromkeys(cited))


def columns(told: Said) -> dict[str, Any]:
    """The columns of `Sourced` for a fact that nothing else bears out."""
    return {
        "event": told.event,
        "position": told.position,
        "corrected_at": told.since if told.corrected else None,
        "sources": (),
        "origins": classed(told.fact.citations),
        "documents": _documents(told.fact),
    }


def sourced(row: S, told: Said) -> S:
    """A row with the columns of `Sourced`, as `columns` has them."""
    return msgspec.structs.replace(row, **columns(told))


def backed(row: S, event: FactCorroborated, recorded: Recorded) -> S:
    """The row with a further source."""
    before = row.sources or (Source(row.event, row.origins, row.documents),)
    now = _resting_on((*before, source_of(str(recorded.id), event)))
    return msgspec.structs.replace(row, **now)


def still_backed(row: S, old: Sourced) -> S:
    """The row of a fact that was corrected, with what bore it out before."""
    own = Source(row.event, row.origins, row.documents)
    borne = _resting_on((own, *old.sources[1:])) if old.sources else {}
    return msgspec.structs.replace(row, **borne)


def unbacked(row: S, event: FactRetracted) -> S:
    """The row without a further source that was taken back."""
    left = tuple(s for s in row.sources if s.event != event.target)
    return msgspec.structs.replace(row, **_resting_on(left)) if left else row


def _resting_on(sources: tuple[Source, ...]) -> dict[str, Any]:
    """The columns of a fact that rests on these."""
    if len(sources) == 1:
        (only,) = sources
        return {"sources": (), "origins": only.origins, "documents": only.documents}
    origins = dict.fromkeys(o for s in sources for o in s.origins)
    documents = dict.fromkeys(d for s in sources for d in s.documents)
    return {"sources": sources, "origins": tuple(origins), "documents": tuple(documents)}


def fold_facts(
    state: State,
    recorded: Recorded,
    row: type[S],
    kind: type[Fact],
    make: Callable[[Any, dict[str, Any]], S],
) -> Iterable[Change]:
    """One row a fact of a kind: made again when it is corrected, gone when it is retracted."""
    event, told = recorded.event, said(recorded)
    if told and isinstance(told.fact, kind):
        old = next(iter(state.find(row, "event", told.event)), None) if told.corrected else None
        new = make(told.fact, columns(told))
        yield still_backed(new, old) if old else new
    elif isinstance(event, FactCorroborated):
        for old in state.find(row, "event", event.target):
            yield backed(old, event, recorded)
    elif isinstance(event, FactRetracted):
        for old in state.find(row, "event", event.target):
            yield Gone(row, (old.position,))
        for old in state.find(row, "event", event.source_of or ""):
            yield unbacked(old, event)


def wants_facts(recorded: Recorded, row: type[Sourced], kind: type[Fact]) -> Iterable[Lookup]:
    """The rows of the fact that the event is about."""
    event = recorded.event
    if isinstance(event, FactCorrected) and event.fact_type != kind.type:
        return
    if isinstance(event, FactCorrected | FactRetracted | FactCorroborated):
        yield Lookup(row, "event", event.target)
    if isinstance(event, FactRetracted) and event.source_of:
        yield Lookup(row, "event", event.source_of)
