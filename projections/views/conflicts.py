"""Conflicts: what disagrees with what, since when, and how it was settled.

Conflicts are opened by events alone: by a figure that contradicts another or cannot be compared
with it, by an entry rule observed otherwise than decided or outranked by a closer one, by a denied
incident, and by an analyst who asserts one. They are resolved by the event that takes a side away
or adopts it, or by an analyst's. The rows of figures and rules are this view's own.
"""

from collections.abc import Iterable

import msgspec

from projections import figure_disputes, rule_disputes
from projections.docket import ASSERTED, Conflict, ConflictFact, Docket, Kind, Relation
from projections.figure_disputes import ConflictFigure
from projections.origins import classed, identities
from projections.overlay import Overlay
from projections.said import Said, said
from projections.sources import CORRECTIONS
from projections.standing_rules import Ending, LatestSeen, Line, StandingChange, countries
from projections.view import Change, Lookup, State, View
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.incident import IncidentDisputed, IncidentMerged, IncidentUpdated
from tracker.domain.policy import PolicyChanged, PolicyFact, PolicyObserved
from tracker.domain.relation import RelationAsserted, RelationResolved
from tracker.domain.statistic import StatisticPublished

_ASSERTED: dict[str, Kind] = {
    "contradicts": "contradicts",
    "not-comparable": "not-comparable",
    "drift": "drift",
}


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """What the event may bear upon, as far as it says so itself."""
    event = recorded.event
    if isinstance(event, PolicyFact):
        for target in event.replaces:
            yield from _about(target)
        if isinstance(event, PolicyChanged | PolicyObserved) and event.rule:
            yield from rule_disputes.wants(event, event.rule)
    elif isinstance(event, FactCorrected | FactRetracted | FactCorroborated):
        yield from _about(event.target)
        yield Lookup(ConflictFigure, "event", event.target)
        yield Lookup(Ending, "target", event.target)
        yield Lookup(Ending, "by", event.target)
    elif isinstance(event, RelationAsserted | RelationResolved):
        for fact in (event.a, event.b):
            yield from _about(fact)
            yield from _related(fact)
    elif isinstance(event, StatisticPublished):
        yield from _related(str(recorded.id))
        yield Lookup(ConflictFigure, "event", str(recorded.id))
        yield from figure_disputes.wants(event)


def _about(fact: str) -> Iterable[Lookup]:
    yield Lookup(ConflictFact, "event", fact)
    yield Lookup(StandingChange, "event", fact)
    yield Lookup(LatestSeen, "event", fact)


def _related(fact: str) -> Iterable[Lookup]:
    yield Lookup(Relation, "a", fact)
    yield Lookup(Relation, "b", fact)


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The conflicts after the event."""
    told, over = said(recorded), Overlay(state)
    docket = Docket(over, recorded)
    if told and isinstance(told.fact, PolicyFact):
        _ruled(docket, told, told.fact)
    else:
        if not (told and isinstance(told.fact, StatisticPublished)):
            _without_figures(docket, recorded, told)
        figure_disputes.follow(docket, recorded, told)
    docket.close()
    return over.changes()


def _without_figures(docket: Docket, recorded: Recorded, told: Said | None) -> None:
    event, over = recorded.event, docket.over
    if isinstance(event, RelationAsserted):
        _asserted(docket, event, recorded)
    elif isinstance(event, RelationResolved):
        _settled(docket, event, recorded)
    elif isinstance(event, IncidentMerged):
        for conflict in over.find(Conflict, ("subject", "status"), (event.incident, "open")):
            over.put(msgspec.structs.replace(conflict, subject=event.into))
    elif told and isinstance(told.fact, (IncidentDisputed, IncidentUpdated)):
        _disputed(docket, told, told.fact)
    elif isinstance(event, FactRetracted):
        gone = rule_disputes.withdraw(docket, event.target, "retracted")
        rule_disputes.release(docket, event.target)
        rule_disputes.review(docket, gone, "retracted")
    elif told and told.corrected:
        docket.leave(told.event, "corrected")


def _ruled(docket: Docket, told: Said, fact: PolicyFact) -> None:
    gone: list[StandingChange] = []
    why = "replaced" if isinstance(fact, PolicyChanged) else "set aside"
    if told.corrected:
        gone += rule_disputes.withdraw(docket, told.event, "corrected")
        rule_disputes.release(docket, told.event, fact.replaces)
    if fact.replaces:
        gone += rule_disputes.end(docket, told.event, fact, why)
    if isinstance(fact, (PolicyChanged, PolicyObserved)):
        rule_disputes.state(docket, told, fact)
    if gone:
        rule_disputes.review(docket, gone, "corrected" if told.corrected else why)


def _asserted(docket: Docket, event: RelationAsserted, recorded: Recorded) -> None:
    over = docket.over
    over.put(
        Relation(
            event=str(recorded.id),
            position=recorded.position,
            recorded_at=recorded.recorded_at,
            a=event.a,
            b=event.b,
            kind=event.kind,
            reason=event.reason,
            user=recorded.actor.user,
        )
    )
    if event.kind == "same-origin":
        docket.leave(event.a, "one origin", asserted=False)
        figure_disputes.compare(docket, event.a)
    if event.kind not in _ASSERTED:
        return
    topic = f"{ASSERTED}{event.kind}|{'|'.join(sorted((event.a, event.b)))}"
    if docket.opened(topic):
        return
    conflict = docket.begin(
        topic,
        kind=_ASSERTED[event.kind],
        subject=event.a,
        reason=event.reason,
        facts=(event.a, event.b),
        countries=countries(*_places(over, event.a), *_places(over, event.b)),
    )
    docket.join(conflict.conflict, event.a, "a")
    if event.b != event.a:
        docket.join(conflict.conflict, event.b, "b")


def _places(over: Overlay, fact: str) -> Iterable[str]:
    for figure in over.find(ConflictFigure, "event", fact):
        yield from filter(None, (figure.geography, figure.counterpart))
    for change in over.find(StandingChange, "event", fact):
        yield from (change.destination, change.nationality)


def _settled(docket: Docket, event: RelationResolved, recorded: Recorded) -> None:
    over, pair = docket.over, {event.a, event.b}
    for relation in (*over.find(Relation, "a", event.a), *over.find(Relation, "a", event.b)):
        if {relation.a, relation.b} == pair and relation.kind == event.kind:
            over.put(
                msgspec.structs.replace(
                    relation,
                    resolved_at=recorded.position,
                    resolved_by=str(recorded.id),
                    resolution=event.reason,
                )
            )
    mine = {m.conflict for m in over.find(ConflictFact, "event", event.a)}
    others = {m.conflict for m in over.find(ConflictFact, "event", event.b)}
    for key in sorted(mine | others):
        conflict = over.first(Conflict, "conflict", key)
        both = key in mine & others
        if conflict and conflict.status == "open" and _settles(event.kind, conflict, both):
            docket.resolve(conflict, event.reason, explained=True)
    if event.kind == "same-origin":
        figure_disputes.compare(docket, event.a)


def _settles(kind: str, conflict: Conflict, both: bool) -> bool:
    """Whether settling a relation of the kind settles a conflict of one or both of its facts."""
    if conflict.kind == "disputed":
        return kind == "contradicts"
    return both and (
        kind == conflict.kind or (kind == "contradicts" and conflict.kind not in _ASSERTED)
    )


def _disputed(docket: Docket, told: Said, fact: IncidentDisputed | IncidentUpdated) -> None:
    over, who = docket.over, identities(classed(fact.citations))
    if told.corrected:
        docket.leave(told.event, "corrected")
    incident = fact.incident or told.event
    if isinstance(fact, IncidentUpdated):
        for conflict in over.find(Conflict, ("subject", "status"), (incident, "open")):
            members = docket.members(conflict.conflict)
            if conflict.kind == "disputed" and any(who & set(m.origins) for m in members):
                docket.resolve(conflict, "those who denied it now say otherwise")
        return
    topic = f"disputed|{told.event}"
    # There is one conflict of a dispute; what was settled of it is not opened by other words.
    settled = over.first(Conflict, ("topic", "status"), (topic, "resolved"))
    if conflict := docket.opened(topic) or settled:
        over.put(msgspec.structs.replace(conflict, reason=fact.text))
    else:
        conflict = docket.begin(
            topic, kind="disputed", subject=incident, reason=fact.text, facts=(incident, told.event)
        )
    docket.join(conflict.conflict, incident, "a")
    docket.join(conflict.conflict, told.event, "b", origins=tuple(sorted(who)))


VIEW = View(
    name="conflicts",
    version=4,
    rows=(
        Conflict,
        ConflictFact,
        ConflictFigure,
        Relation,
        StandingChange,
        Ending,
        Line,
        LatestSeen,
    ),
    events=(
        PolicyFact,
        StatisticPublished,
        IncidentDisputed,
        IncidentUpdated,
        IncidentMerged,
        RelationAsserted,
        RelationResolved,
        *CORRECTIONS,
    ),
    fold=fold,
    wants=wants,
    effort=38,
)
