"""Made-up facts and a small state in memory, for tests that fold views without a database."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from projections.answers import Answer, answer
from projections.regimes import Cell, Known
from projections.rows import Rows
from projections.view import View
from projections.views.entry_rules import VIEW, EntryFact
from tracker.domain.base import Actor, Event, Recorded
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted, Reason
from tracker.domain.fact import Fact
from tracker.domain.policy import EntryRule, PolicyChanged, PolicyObserved, PolicyRejected
from tracker.domain.values import Citation, Hop

HEAD_OF_LOG = 1_000
START = datetime(2024, 6, 25, 9, 0, tzinfo=UTC)


def event_id(position: int) -> str:
    """The id of the event at a position."""
    return str(UUID(int=position))


def recorded(position: int, event: Event | None, user: str = "ana") -> Recorded:
    """An event as the log would hand it over; an hour lies between two positions."""
    return Recorded(
        position=position,
        id=UUID(int=position),
        type=event.type if event else "policy-changed",
        schema_version=1,
        recorded_at=START + timedelta(hours=position),
        actor=Actor(user, "analyst"),
        correlation_id=UUID(int=position),
        causation_id=None,
        tags=(),
        event=event,
    )


def fold_all(view: View, events: Iterable[Recorded]) -> Rows:
    """The rows after the events."""
    rows = Rows(whole=True)
    for event in events:
        rows.fold(view, event)
    return rows


def folded(view: View, events: Sequence[Event | None]) -> Rows:
    """The rows after events at the positions 1, 2, 3 …"""
    return fold_all(view, [recorded(i, event) for i, event in enumerate(events, 1)])


def facts(*events: Event | None) -> list[EntryFact]:
    """The entry facts after events at the positions 1, 2, 3 …"""
    return folded(VIEW, events).of(EntryFact)


def cited(*agents: str, document: int = 900) -> Citation:
    """A citation of a document whose chain ends with the last agent."""
    hops = tuple(Hop(agent=a, relation="quotes", basis="stated") for a in agents)
    return Citation(document=event_id(document), quote="…", attribution=hops)


def rule(regime: Any, *who: str, **more: Any) -> EntryRule:
    """An entry rule, for holders of Chinese passports where nobody is named."""
    return EntryRule(nationalities=who or ("CN",), regime=regime, **more)


def change(
    regime: Any, start: str | None = None, *who: str, limits: Any = None, **more: Any
) -> PolicyChanged:
    """A change of Ecuador's entry rules from a date, or without one."""
    more = {"action": "amended", "effective_basis": "stated" if start else "unknown"} | more
    return PolicyChanged(
        jurisdiction="EC",
        kind="entry",
        policy=event_id(1),
        effective_from=start,
        rule=rule(regime, *who, **(limits or {})),
        **more,
    )


def observation(regime: Any, day: str, *who: str, **more: Any) -> PolicyObserved:
    """What somebody saw of Ecuador's entry rules on a day."""
    more = {"citations": (cited("Observer"),)} | more
    return PolicyObserved(
        jurisdiction="EC", kind="entry", policy=event_id(1), observed_on=day,
        rule=rule(regime, *who), **more,
    )  # fmt: skip


def rejection(*positions: int, **more: Any) -> PolicyRejected:
    """The rejection of the events at the positions."""
    replaces = tuple(event_id(p) for p in positions)
    return PolicyRejected(jurisdiction="EC", kind="entry", replaces=replaces, **more)


def correction(position: int, fact: Fact, **more: Any) -> FactCorrected:
    """The correction of the event at the position: it says this instead."""
    more = {"reason": Reason("transcription", "Misread.")} | more
    return FactCorrected(
        target=event_id(position), target_position=position, fact_type=fact.type,
        fact=msgspec.to_builtins(fact), **more,
    )  # fmt: skip


def retraction(position: int, **more: Any) -> FactRetracted:
    """The retraction of the event at the position."""
    more = {"reason": Reason("duplicate", "Said twice.")} | more
    return FactRetracted(target=event_id(position), target_position=position, **more)


def corroboration(position: int, *agents: str, **more: Any) -> FactCorroborated:
    """That further agents bear out the event at the position."""
    return FactCorroborated(target=event_id(position), citations=(cited(*agents),), **more)


def on(day: str, *events: Event | None, nationality: str = "CN", head: int = HEAD_OF_LOG) -> Answer:
    """The answer for Ecuador on a day, after events at 1, 2, 3 … and known up to a position."""
    cell = Cell("EC", nationality)
    return answer(facts(*events), cell, date.fromisoformat(day), Known(head))
