"""Entry rules in conflict: observed otherwise than what is decided, or outranked by a closer change.

One conflict is open for each cell and regime observed, and one for each group (or `*`) of a
destination whose latest change is outranked. Whatever a change, a correction or a rejection bears
upon is looked at again.
"""

from collections.abc import Iterable, Sequence

import msgspec

from projections.docket import Conflict, Docket
from projections.said import Said
from projections.standing_rules import (
    PLACE,
    LatestSeen,
    Line,
    StandingChange,
    add,
    change_of,
    countries,
    decided_by,
    remove,
    says_the_same,
    seen_of,
    start_of,
)
from projections.view import Lookup
from tracker.domain.countries import COUNTRIES
from tracker.domain.groups import groups_of
from tracker.domain.policy import EntryRule, PolicyChanged, PolicyObserved
from tracker.domain.values import regime_words

_OF_SUBJECT = ("subject", "status")
_OF_DECIDED = ("decided", "status")


def wants(fact: PolicyChanged | PolicyObserved, rule: EntryRule) -> Iterable[Lookup]:
    """What may be looked up for a fact."""
    place = fact.jurisdiction
    on = start_of(fact).lower
    for who in rule.nationalities:
        code = who in COUNTRIES
        above = (*(groups_of(who, on) if code and on else ()), "*")
        for selector in dict.fromkeys((who, *above)):
            yield Lookup(Line, PLACE, (place, selector))
        if isinstance(fact, PolicyObserved):
            yield Lookup(LatestSeen, LatestSeen.key, (place, who, *_of(rule)))
            topic = _observed(place, who, *_of(rule), rule.regime)
            yield Lookup(Conflict, ("topic", "status"), (topic, "open"))
            continue
        yield Lookup(LatestSeen, PLACE, (place, who))
        column = "subject" if code else "decided"
        yield Lookup(Conflict, (column, "status"), (f"{place}|{who}", "open"))
        if code:
            yield Lookup(Conflict, ("decided", "status"), (place, "open"))
        else:
            yield Lookup(Line, "destination", place)
            yield Lookup(Conflict, ("topic", "status"), (_outranked(place, who), "open"))


def state(docket: Docket, told: Said, fact: PolicyChanged | PolicyObserved) -> None:
    """Take in what a fact says of whole nationalities."""
    rule = fact.rule
    if rule is None or rule.category is not None:
        return
    several = rule.nationalities
    for who in several if len(several) < 2 else dict.fromkeys(several):
        if isinstance(fact, PolicyObserved):
            _observe(docket, seen_of(told, fact, rule, who))
        elif change := change_of(told, fact, rule, who):
            _decree(docket, change)


def withdraw(
    docket: Docket, event: str, why: str, *, by_observer: bool = False
) -> Sequence[StandingChange]:
    """Let a fact say nothing any more; the changes that no longer stand, to be `reviewed`.

    Who merely describes a state (`by_observer`) ends no change.
    """
    over = docket.over
    stood = over.find(StandingChange, "event", event)
    if stood and by_observer:
        return ()
    docket.leave(event, why)
    for seen in over.find(LatestSeen, "event", event):
        over.drop(seen)
    for change in stood:
        remove(over, change)
    return stood


def review(docket: Docket, gone: Sequence[StandingChange], why: str) -> None:
    """Look again at what changes had decided that no longer stand."""
    for change in gone:
        _reconsider(docket, change, None, why)


def _decree(docket: Docket, change: StandingChange) -> None:
    over = docket.over
    add(over, change)
    for seen in over.find(LatestSeen, PLACE, (change.destination, change.nationality)):
        if change.covers(seen.on):
            _compare(docket, seen)
    _reconsider(docket, change, change, "a change says what was observed")
    if change.nationality not in COUNTRIES:
        _outrank(docket, change)


def _observe(docket: Docket, seen: LatestSeen) -> None:
    over = docket.over
    key = (seen.destination, seen.nationality, seen.passport_type, seen.purpose)
    latest = over.first(LatestSeen, LatestSeen.key, key)
    if latest is None or (latest.on, latest.position) <= (seen.on, seen.position):
        over.put(seen)
    _compare(docket, seen)


def _compare(docket: Docket, seen: LatestSeen) -> None:
    """Open a conflict where an observation differs from what is decided on its day, or join it."""
    best = decided_by(docket.over, seen, seen.destination, seen.nationality, seen.on)
    # Within an imprecise start, what was seen may well have been true before it.
    if best is None or (best.starts_upper and seen.on <= best.starts_upper):
        return
    if says_the_same(best.regime, seen.regime):
        return
    place = f"{seen.destination}|{seen.nationality}"
    topic = _observed(
        seen.destination, seen.nationality, seen.passport_type, seen.purpose, seen.regime
    )
    conflict = docket.opened(topic) or docket.begin(
        topic,
        kind="observed-differs",
        subject=place,
        reason="",
        facts=(),
        countries=countries(seen.destination, seen.nationality),
        passport_type=seen.passport_type,
        purpose=seen.purpose,
        regime=seen.regime,
    )
    docket.join(conflict.conflict, seen.event, "b", on=seen.on)
    days = [d for d in (conflict.first_on, conflict.latest_on, seen.on) if d]
    latest = conflict.latest_on is None or conflict.latest_on <= seen.on
    _decide(
        docket,
        msgspec.structs.replace(
            conflict,
            facts=(*conflict.facts[:1], seen.event if latest else conflict.facts[-1]),
            first_on=min(days),
            latest_on=max(days),
        ),
        best,
    )


def _decide(docket: Docket, conflict: Conflict, best: StandingChange) -> None:
    """The conflict with what decides on its latest day."""
    seen = conflict.facts[-1]
    if conflict.facts[0] != best.event and len(conflict.facts) > 1:
        for member in docket.members(conflict.conflict):
            if member.side == "a":
                docket.over.drop(member)
    docket.join(conflict.conflict, best.event, "a")
    docket.over.put(
        msgspec.structs.replace(
            conflict,
            facts=(best.event, seen),
            decided=f"{best.destination}|{best.nationality}",
            reason=f"{regime_words(conflict.regime or '')} was observed where"
            f" {regime_words(best.regime)} is decided from {best.starts}",
        )
    )


def _reconsider(
    docket: Docket, by: StandingChange, adopts: StandingChange | None, why: str
) -> None:
    """Look again at the open conflicts that a change came to, or went from, may bear upon."""
    place = f"{by.destination}|{by.nationality}"
    one = by.nationality in COUNTRIES
    columns = _OF_SUBJECT if one else _OF_DECIDED
    for conflict in docket.over.find(Conflict, columns, (place, "open")):
        if conflict.kind == "observed-differs" and by.meets(conflict):
            _look_again(docket, conflict, adopts, why)
    if one:
        for conflict in docket.over.find(Conflict, _OF_DECIDED, (by.destination, "open")):
            _still_outranked(docket, conflict, by.destination, by.nationality)


def _look_again(
    docket: Docket, conflict: Conflict, adopts: StandingChange | None, why: str
) -> None:
    regime, on = conflict.regime or "", conflict.latest_on
    if adopts and says_the_same(adopts.regime, regime):
        docket.resolve(conflict, why)
        return
    if on is None or (adopts and not adopts.covers(on)):
        return
    destination, _, who = conflict.subject.partition("|")
    best = decided_by(docket.over, conflict, destination, who, on)
    if best is None or says_the_same(best.regime, regime):
        docket.resolve(conflict, why)
    elif best.event != conflict.facts[0]:
        _decide(docket, conflict, best)


def _outrank(docket: Docket, change: StandingChange) -> None:
    """Open a conflict where code-level changes of before outrank a change for a group or all."""
    topic = _outranked(change.destination, change.nationality)
    if (older := docket.opened(topic)) and older.facts[:1] != (change.event,):
        docket.resolve(older, "a later change for the same people")
    lines = docket.over.find(Line, "destination", change.destination)
    leads = (line.head[0] for line in lines if line.head and line.nationality in COUNTRIES)
    against = [lead for lead in leads if _outranks(lead, change)]
    if not against:
        return
    who = ", ".join(lead.nationality for lead in against)
    first = against[0]
    conflict = docket.begin(
        topic,
        kind="outranked",
        subject=f"{change.destination}|{change.nationality}",
        reason=f"{regime_words(change.regime)} for {change.nationality} is outranked by what is"
        f" said of {who} itself",
        facts=(change.event, first.event),
        countries=countries(change.destination, *(lead.nationality for lead in against)),
        nationalities=tuple(lead.nationality for lead in against),
        decided=change.destination,
        regime=change.regime,
        passport_type=change.passport_type,
        purpose=change.purpose,
    )
    docket.join(conflict.conflict, change.event, "a")
    docket.join(conflict.conflict, first.event, "b")


def _still_outranked(docket: Docket, conflict: Conflict, destination: str, who: str) -> None:
    """Whether what is now said of a nationality itself still differs from the older change."""
    if who not in conflict.nationalities:
        return
    over = docket.over
    lead = _lead(docket, destination, who)
    outranked = over.find(StandingChange, "event", conflict.facts[0])
    if lead and any(_outranks(lead, change) for change in outranked):
        return
    left = tuple(n for n in conflict.nationalities if n != who)
    if not left:
        docket.resolve(conflict, f"what is said of {who} itself was decided anew")
        return
    named = _lead(docket, destination, left[0])
    facts = (conflict.facts[0], named.event) if named else conflict.facts
    if named:
        for member in docket.members(conflict.conflict):
            if member.side == "b":
                over.drop(member)
        docket.join(conflict.conflict, named.event, "b")
    over.put(msgspec.structs.replace(conflict, nationalities=left, facts=facts))


def _lead(docket: Docket, destination: str, who: str) -> StandingChange | None:
    line = docket.over.first(Line, PLACE, (destination, who))
    return line.head[0] if line and line.head else None


def _outranks(lead: StandingChange, change: StandingChange) -> bool:
    on = max(lead.starts, change.starts)
    among = change.nationality == "*" or change.nationality in groups_of(lead.nationality, on)
    return (
        lead.position < change.position
        and among
        and lead.covers(on)
        and change.covers(on)
        and lead.meets(change)
        and not says_the_same(lead.regime, change.regime)
        and not says_the_same(change.regime, lead.regime)
    )


def _outranked(destination: str, selector: str) -> str:
    return f"outranked|{destination}|{selector}"


def _observed(destination: str, who: str, passport_type: str, purpose: str, regime: str) -> str:
    return f"observed|{destination}|{who}|{passport_type}|{purpose}|{regime}"


def _of(rule: EntryRule) -> tuple[str, str]:
    return rule.passport_type or "unspecified", rule.purpose or "unspecified"
