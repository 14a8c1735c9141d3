"""Entry rules in conflict: observed otherwise than what is decided, or outranked by a closer change.

One conflict is open for each cell and regime observed, and one for each group (or `*`) of a
destination whose latest change is outranked. Whatever a change, a correction or a rejection bears
upon is looked at again.
"""

from collections.abc import Iterable, Sequence

import msgspec

from projections.docket import Conflict, Docket
from projections.outranking import outrank, outranked, still_outranked
from projections.said import Said
from projections.standing_rules import (
    PLACE,
    Ending,
    LatestSeen,
    Lead,
    Line,
    StandingChange,
    add,
    change_of,
    countries,
    decided_by,
    ended,
    remove,
    says_the_same,
    seen_of,
    start_of,
)
from projections.view import Lookup
from tracker.domain.countries import COUNTRIES
from tracker.domain.groups import GROUPS, groups_of
from tracker.domain.policy import EntryRule, PolicyChanged, PolicyFact, PolicyObserved
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
        for selector in _deciding(who):
            yield Lookup(Conflict, (column, "status"), (f"{place}|{selector}", "open"))
        if code:
            yield Lookup(Conflict, ("decided", "status"), (place, "open"))
        else:
            yield Lookup(Line, "destination", place)
            yield Lookup(Conflict, ("topic", "status"), (outranked(place, who), "open"))


def state(docket: Docket, told: Said, fact: PolicyChanged | PolicyObserved) -> None:
    """Take in what a fact says of whole nationalities."""
    rule = fact.rule
    if rule is None or rule.category is not None:
        return
    observed = not isinstance(fact, PolicyChanged)
    gone = told.corrected and ended(docket.over, told.event, observed=observed)
    several = rule.nationalities
    for who in several if len(several) < 2 else dict.fromkeys(several):
        if not isinstance(fact, PolicyChanged):
            if not gone:
                _observe(docket, seen_of(told, fact, rule, who))
        elif change := change_of(told, fact, rule, who):
            if gone:
                docket.over.put(msgspec.structs.replace(change, stands=False))
            else:
                _decree(docket, change)


def withdraw(docket: Docket, event: str, why: str) -> Sequence[StandingChange]:
    """Let a fact say nothing any more; the changes that no longer stand, to be `reviewed`."""
    return _withdraw(docket, event, why, for_good=True)


def end(docket: Docket, by: str, fact: PolicyFact, why: str) -> Sequence[StandingChange]:
    """Let a fact end those that it replaces; the changes that no longer stand, as above."""
    over, gone = docket.over, list[StandingChange]()
    observer = isinstance(fact, PolicyObserved)
    for target in dict.fromkeys(t for t in fact.replaces if t != by):
        over.put(Ending(target=target, by=by, observer=observer))
        # Who merely describes a state asserts no change and so ends none.
        if not (observer and over.find(StandingChange, "event", target)):
            gone += _withdraw(docket, target, why, for_good=False)
    return gone


def release(docket: Docket, by: str, but: Sequence[str] = ()) -> None:
    """Let the changes stand again that a fact had ended, but for some and what others end too."""
    over = docket.over
    for ending in over.find(Ending, "by", by):
        if ending.target in but:
            continue
        over.drop(ending)
        for change in over.find(StandingChange, "event", ending.target):
            if not change.stands and not ended(over, change.event, observed=False):
                _decree(docket, msgspec.structs.replace(change, stands=True))


def _withdraw(docket: Docket, event: str, why: str, *, for_good: bool) -> Sequence[StandingChange]:
    over = docket.over
    docket.leave(event, why)
    for seen in over.find(LatestSeen, "event", event):
        over.drop(seen)
    stood = over.find(StandingChange, "event", event)
    for change in stood:
        remove(over, change, for_good=for_good)
    return [change for change in stood if change.stands]


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
        outrank(docket, change)


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


def _decide(docket: Docket, conflict: Conflict, best: Lead) -> None:
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
    one = by.nationality in COUNTRIES
    columns = _OF_SUBJECT if one else _OF_DECIDED
    for selector in _deciding(by.nationality):
        place = f"{by.destination}|{selector}"
        for conflict in docket.over.find(Conflict, columns, (place, "open")):
            if conflict.kind == "observed-differs" and _bears_on(by, conflict):
                _look_again(docket, conflict, adopts, why)
    if one:
        for conflict in docket.over.find(Conflict, _OF_DECIDED, (by.destination, "open")):
            still_outranked(docket, conflict, by.destination, by.nationality)


def _deciding(selector: str) -> tuple[str, ...]:
    """Whose changes decide where one for a code, a group or `*` may come to decide instead."""
    return (selector,) if selector in COUNTRIES or selector == "*" else (*GROUPS, "*")


def _bears_on(by: StandingChange, conflict: Conflict) -> bool:
    who, on = conflict.subject.partition("|")[2], conflict.latest_on
    named = by.nationality in (who, "*")
    member = who in COUNTRIES and on is not None and by.nationality in groups_of(who, on)
    return (named or member) and by.meets(conflict)


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


def _observed(destination: str, who: str, passport_type: str, purpose: str, regime: str) -> str:
    return f"observed|{destination}|{who}|{passport_type}|{purpose}|{regime}"


def _of(rule: EntryRule) -> tuple[str, str]:
    return rule.passport_type or "unspecified", rule.purpose or "unspecified"
