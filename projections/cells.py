"""What the doors say of one cell: the answer with its clocks, and why it is so."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from projections.answers import Answer
from projections.said import said
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted, Reason
from tracker.domain.fact import Fact
from tracker.domain.policy import PolicyFact
from tracker.domain.values import Citation


class Ruled(Answer, frozen=True, kw_only=True):
    """An answer within a row or a column, and how many drafts about it wait."""

    drafts_waiting: int


class CellAnswer(Answer, frozen=True, kw_only=True):
    """An answer with the clocks that it was read on, and how many drafts about it wait."""

    known_at: str
    basis: str
    known_position: int
    drafts_waiting: int


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """A correction or retraction of a fact: by whom, when and why."""

    event: str
    position: int
    type: str
    recorded_at: datetime
    by: str
    code: str
    text: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """An event with what it rests on: quotes, each with its chain back to the origin.

    What was corrected is given as the latest correction says it.
    """

    event: str
    position: int
    type: str
    recorded_at: datetime
    headline: str
    regime: str | None = None
    note: str | None = None
    known_since: str | None = None
    first_hand: str | None = None
    citations: tuple[Citation, ...] = ()
    corroborated: tuple[Citation, ...] = ()
    """What further sources say the same."""
    amended: tuple[Amendment, ...] = ()
    """What corrected it, the earliest first."""


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """What decided a cell, and everything else that had a say."""

    answer: CellAnswer
    decided_by: Source | None
    pending: Source | None
    overrode: tuple[Source, ...]
    """Facts that count on the day and lost."""
    disagrees: tuple[Source, ...]
    """Facts that contradict what decides, and not merely by being older."""
    replaced: tuple[Source, ...]
    """Facts that would count, had not another replaced them."""


def why(answer: CellAnswer, events: Mapping[str, Recorded], about: Sequence[Recorded] = ()) -> Why:
    """The answer with the events that it names, as far as they are given.

    `about` are the corrections, retractions and corroborations of these, in the order of the log.
    """

    def sources(ids: tuple[str | None, ...]) -> tuple[Source, ...]:
        return tuple(source(events[i], about) for i in ids if i and i in events)

    pending = answer.pending.decided_by if answer.pending else None
    return Why(
        answer=answer,
        decided_by=next(iter(sources((answer.decided_by,))), None),
        pending=next(iter(sources((pending,))), None),
        overrode=sources(answer.overrode),
        disagrees=sources(answer.disputed_by),
        replaced=sources(answer.replaced),
    )


def source(recorded: Recorded, about: Sequence[Recorded] = ()) -> Source:
    """A policy event as a source; of an erased one only the envelope is left."""
    event, named = recorded.event, str(recorded.id)
    corroborated: list[Citation] = []
    taken_back = {r.event.target for r in about if isinstance(r.event, FactRetracted)}
    amended: list[Amendment] = []
    for later in about:
        match later.event:
            case FactCorrected(target=target) if target == named and event:
                now = said(later)
                event = now.fact if now else event
                amended.append(_amendment(later, later.event.reason))
            case FactRetracted(target=target) if target == named:
                amended.append(_amendment(later, later.event.reason))
            case FactCorroborated(target=target) if target == named and (
                str(later.id) not in taken_back
            ):
                corroborated += later.event.citations
            case _:
                pass
    fact = event if isinstance(event, Fact) else None
    rule = event.rule if isinstance(event, PolicyFact) else None
    return Source(
        event=named,
        position=recorded.position,
        type=recorded.type,
        recorded_at=recorded.recorded_at,
        headline=event.headline(str) if event else f"{recorded.type} (erased)",
        regime=rule.regime if rule else None,
        note=fact.note if fact else None,
        known_since=fact.known_since if fact else None,
        first_hand=fact.first_hand if fact else None,
        citations=fact.citations if fact else (),
        corroborated=tuple(corroborated),
        amended=tuple(amended),
    )


def _amendment(recorded: Recorded, reason: Reason) -> Amendment:
    return Amendment(
        event=str(recorded.id),
        position=recorded.position,
        type=recorded.type,
        recorded_at=recorded.recorded_at,
        by=recorded.actor.user,
        code=reason.code,
        text=reason.text,
    )
