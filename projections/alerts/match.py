"""What an event makes owed, and to whom: one alert for each change of state that somebody watches.

An entry rule is compared just before and at the event, so a second report alerts nobody. What
confirms is silent; an observation that differs is owed as an unannounced change. Whoever was told
of a fact or a draft is told what becomes of it, by reference to the alert that they got. What comes
with an import is dropped for all others that did not ask for it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal
from uuid import UUID

import msgspec

from projections.alerts.filters import Values, Watch, reach, values_of
from projections.alerts.following import decided, followers, sent_alerts
from projections.alerts.index import Index
from projections.alerts.judging import Judge, start_of
from projections.alerts.keys import named, stated_cells, touched, watched
from projections.alerts.reasons import (
    UNDONE,
    Correcting,
    Earlier,
    Matched,
    Owed,
    Reason,
    Rules,
    Ruling,
)
from projections.docket import Conflict
from projections.regimes import Cell
from tracker.domain.base import Event, Recorded
from tracker.domain.catalog import fact_from
from tracker.domain.correction import FactRetracted
from tracker.domain.draft import DraftProposed, DraftRejected
from tracker.domain.errors import TrackerError
from tracker.domain.fact import Fact
from tracker.domain.filter import CONFLICT, ENTRY_RULE, Filter
from tracker.domain.ids import derived, is_import
from tracker.domain.policy import EffectiveDateReached
from tracker.domain.values import checked

__all__ = ["Correcting", "Matched", "Owed", "Reason", "Rules", "Ruling", "owed"]

UNDO = timedelta(seconds=30)
UNREAD = timedelta(minutes=30)
UNREAD_STILL = "a draft for a critical subscription has half an hour to be read"
IMPORTED = "it came with an import"
"""Why an alert is dropped that its subscription did not ask for."""
_FACT = (Reason(kind="fact"),)
_Found = dict[str, tuple[Reason, ...]]
"""Subscription → why it is owed an alert."""
_Kind = Literal["alert", "update", "cancel", "reminder"]


def owed(
    recorded: Recorded,
    index: Index,
    rules: Rules,
    earlier: Sequence[Earlier] = (),
    conflicts: Sequence[Conflict] = (),
) -> list[Owed]:
    """The alerts that an event makes owed, in the order of subscriptions.

    `earlier` are the alerts about the fact that it bears on, `conflicts` those that it opens.
    """
    if recorded.event is None:
        return []
    found: _Found = {}
    if isinstance(recorded.event, DraftProposed):
        found |= _drafted(recorded, recorded.event, index)
    else:
        found |= _news(recorded, index, rules)
    for conflict in conflicts:
        for watching in index.fitting(_disputed(recorded, conflict)):
            if CONFLICT in watching.filter.types and watching.opened_position < recorded.position:
                said = f"{conflict.kind.replace('-', ' ').capitalize()}: {conflict.reason}"
                reason = Reason(kind="conflict", text=said)
                others = found.get(watching.subscription, ())
                found[watching.subscription] = (*others, reason)
    sent = sent_alerts(earlier)
    following = followers(recorded, earlier, rules)
    for subscription in following:
        if not found.get(subscription):
            found[subscription] = (Reason(kind=_unchanged(recorded.event)),)
    making = _Making(recorded, frozenset(following))
    made = [
        making.alert(watching, found[subscription], sent.get(subscription, ()))
        for subscription in sorted(found)
        if found[subscription] and (watching := index.get(subscription))
    ]
    unsent = {e.subscription for e in earlier if e.held} - sent.keys()
    if isinstance(recorded.event, FactRetracted | DraftRejected):
        taken = "what it takes back was never sent"
        made = [
            msgspec.structs.replace(one, dropped=taken) if one.subscription in unsent else one
            for one in made
        ]
    return made


def _unchanged(event: Event) -> Literal["correction", "fact"]:
    return "correction" if isinstance(event, Correcting) else "fact"


class _Making:
    """Makes the alerts of one event; what thousands have in common is worked out once."""

    def __init__(self, recorded: Recorded, following: frozenset[str]) -> None:
        event = recorded.event
        self._recorded = recorded
        self._event = str(recorded.id)
        self._about = None if isinstance(event, Fact) else decided(recorded)
        self._imported = is_import(recorded.correlation_id)
        self._following = following
        self._draft = isinstance(event, DraftProposed)
        by_person = recorded.actor.role != "system" and not self._imported
        self._accepted = isinstance(event, Fact) and bool(recorded.causation_id) and by_person
        self._matched: dict[int, Matched] = {}

    def alert(self, watching: Watch, reasons: tuple[Reason, ...], refers: tuple[UUID, ...]) -> Owed:
        """The alert that a subscription is owed."""
        recorded, name = self._recorded, watching.subscription
        made = Owed(
            derived("alert", name, self._event),
            name,
            recorded.id,
            recorded.position,
            watching.channel,
            self._matched.get(id(reasons))
            or self._matched.setdefault(id(reasons), Matched(reasons)),
            _kind(recorded.event, refers),
            refers,
            self._about,
        )
        if self._imported and not (watching.imports or name in self._following):
            return msgspec.structs.replace(made, dropped=IMPORTED)
        if self._draft and reasons == (_WAITS,):
            until = recorded.recorded_at + UNREAD
            return msgspec.structs.replace(made, held_until=until, held_because=UNREAD_STILL)
        if self._accepted and "at-once" not in watching.options:
            until = recorded.recorded_at + UNDO
            return msgspec.structs.replace(made, held_until=until, held_because=UNDONE)
        return made


def _kind(event: Event | None, refers: tuple[UUID, ...]) -> _Kind:
    if isinstance(event, EffectiveDateReached):
        return "reminder"
    if not refers:
        return "alert"
    return "cancel" if isinstance(event, FactRetracted | DraftRejected) else "update"


_WAITS = Reason(
    kind="draft", text="A draft that concerns a critical subscription was not read for 30 minutes."
)


def _news(recorded: Recorded, index: Index, rules: Rules) -> _Found:
    cells = touched(recorded, rules)
    places = _places(cells)
    judge = Judge(recorded, rules)
    found: _Found = {}
    # A rule for everybody reaches thousands of filters that ask the same few questions.
    answered: dict[object, tuple[Reason, ...]] = {}
    for alike in index.alike(values_of(recorded, cells)):
        one = alike.example
        names = named(one.filter, places)
        reasons = answered.get((names, one.asks))
        if not cells:
            reasons = _FACT if recorded.type in one.filter.types else ()
        elif reasons is None:
            keys = watched(dict(zip(places, names, strict=True)), cells)
            judged = [judge.reason(*k, first=one.first, past=one.past) for k in keys]
            reasons = tuple([r for r in judged if r and _weighs(one.filter, r)])
            answered[names, one.asks] = reasons
        if reasons:
            for watching in alike.watches.values():
                if watching.opened_position < recorded.position:
                    found[watching.subscription] = reasons
    return found


def _places(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.destination for cell in cells))


def _weighs(wanted: Filter, reason: Reason) -> bool:
    """Whether it goes the way, and is as severe, as the filter wants; if that is known."""
    if not reason.compared:
        return True
    if wanted.directions and reason.direction not in wanted.directions:
        return False
    return wanted.min_severity is None or (reason.severity or 0) >= wanted.min_severity


def _drafted(recorded: Recorded, draft: DraftProposed, index: Index) -> _Found:
    """Those who take drafts, and the analysts where a critical subscription is concerned."""
    try:
        fact = checked(fact_from(draft.fact_type, draft.fact))
    except TrackerError:
        # An extractor may propose less than a whole fact; the reviewer completes it.
        return {}
    cells = stated_cells(fact)
    places = _places(cells)
    found: _Found = {}
    critical = False
    for watching in index.fitting(values_of(recorded, cells, fact, fact.type)):
        if watching.opened_position >= recorded.position:
            continue
        critical = critical or "critical" in watching.options
        if "include-drafts" not in watching.options and draft.type not in watching.filter.types:
            continue
        names = dict(zip(places, named(watching.filter, places), strict=True))
        reasons = tuple(_unconfirmed(fact, cell, via) for cell, via in watched(names, cells))
        found[watching.subscription] = reasons or (Reason(kind="draft", text=draft_text(fact)),)
    for analyst in index.with_option("desk-notices") if critical else ():
        found.setdefault(analyst.subscription, (_WAITS,))
    return found


def draft_text(fact: Fact) -> str:
    """What a draft would say, in a line; its parties are names still."""
    return f"Unconfirmed: {fact.headline(lambda name: name)}"


def _unconfirmed(fact: Fact, cell: Cell, via: str | None) -> Reason:
    rule = fact.rule if isinstance(fact, Ruling) else None
    return Reason(
        kind="draft",
        key=cell,
        via=via,
        after=rule.regime if rule else None,
        on=start_of(fact),
        announced_on=fact.announced_on if isinstance(fact, Ruling) else None,
        text=draft_text(fact),
    )


def _disputed(recorded: Recorded, conflict: Conflict) -> Values:
    """What filters can find a conflict by; its subject is a key, a series or an incident."""
    parts = conflict.subject.split("|")
    where, who = (parts[0], parts[1]) if len(parts) == 2 else (None, None)
    names = frozenset((*conflict.countries, *conflict.nationalities))
    reached = frozenset[str]().union(*(reach(n) for n in ((who,) if who else names)))
    sets = {
        "types": frozenset((CONFLICT, recorded.type, *((ENTRY_RULE,) if where else ()))),
        "countries": names,
        "corridors": names,
        "nationalities": reached,
        "destinations": frozenset((where,) if where else ()),
        "metrics": frozenset(parts[:1] if len(parts) == 3 else ()),
        "entry_rules": frozenset(f"{where}|{n}" for n in reached if where),
    }
    return Values(recorded.event, sets)
