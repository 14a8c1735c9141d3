"""Whether two facts say the same: first by what must be equal, then by what must fit together.

fact ─ bucket ─→ text that is equal for all facts that may say the same (found by an index)
two of one bucket ─ likeness of dates and words ─→ why they say the same, or None
"""

from collections.abc import Callable
from datetime import date, timedelta

from tracker.domain import edtf
from tracker.domain.errors import Refused
from tracker.domain.fact import Fact
from tracker.domain.incident import IncidentReported
from tracker.domain.likeness import words
from tracker.domain.policy import PolicyFact
from tracker.domain.statement import StatementMade
from tracker.domain.statistic import StatisticPublished

_NEAR = timedelta(days=2)
_VAGUE = timedelta(days=7)
_SHARED = 0.5
"""Of the words of the shorter text, how many the other one has to have."""

Name = Callable[[str], str]


def bucket(fact: Fact, name: Name = str) -> str | None:
    """What two facts must share to say the same; None for a kind that is never compared.

    `name` makes one text of an id and the names of a party.
    """
    match fact:
        case PolicyFact():
            return _joined(fact.type, *_of_policy(fact))
        case StatementMade():
            return _joined(fact.type, *words(name(fact.speaker)))
        case StatisticPublished():
            figure = (fact.comparator, fact.value, fact.lower, fact.upper, None)
            if fact.value is None and fact.lower is None:
                figure = (*figure[:4], fact.cue)
            return _joined(fact.type, fact.metric, fact.geography, fact.counterpart,
                           fact.period, *figure)  # fmt: skip
        case IncidentReported() if fact.place and fact.place.country and fact.occurred:
            pattern = "pattern" if fact.pattern else None
            return _joined(fact.type, fact.incident_type, fact.place.country, pattern)
        case _:
            return None


def _of_policy(fact: PolicyFact) -> tuple[str | None, ...]:
    action = getattr(fact, "action", None)
    rule = fact.rule
    if rule is None:
        return (fact.jurisdiction, fact.kind, action)
    return (
        fact.jurisdiction, fact.kind, action, rule.regime, rule.passport_type, rule.purpose,
        rule.category, *sorted(rule.nationalities),
    )  # fmt: skip


def _joined(*parts: str | None) -> str:
    return "|".join(part or "" for part in parts)


def same(one: Fact, other: Fact) -> str | None:
    """Why two facts of one bucket say the same, in words; None where they do not."""
    try:
        match one, other:
            case PolicyFact(), PolicyFact():
                return _same_policy(one, other)
            case StatementMade(), StatementMade():
                fits = _fit(one.said_on, other.said_on) and _alike(one.text, other.text)
                return "the same speaker and day, and words in common" if fits else None
            case StatisticPublished(), StatisticPublished():
                return "the same figure of the same metric, place and period"
            case IncidentReported(), IncidentReported():
                return _same_incident(one, other)
            case _:
                return None
    except Refused:
        return None  # a date that is none is like no other


def _same_policy(one: PolicyFact, other: PolicyFact) -> str | None:
    dates = ("effective_from", "effective_to", "announced_on", "observed_on")
    if not all(_fit(getattr(one, d, None), getattr(other, d, None)) for d in dates):
        return None
    if one.rule is None and not _alike(one.title or "", other.title or ""):
        return None
    what = "rule" if one.rule else "measure"
    return f"the same {what} of the same place, and dates that fit"


def _same_incident(one: IncidentReported, other: IncidentReported) -> str | None:
    near = _near(one.occurred, other.occurred)
    places = [fact.place.name for fact in (one, other) if fact.place and fact.place.name]
    if not near or (len(places) == 2 and not set(words(places[0])) & set(words(places[1]))):
        return None
    return "the same kind of incident in the same country, within days"


def _fit(one: str | None, other: str | None) -> bool:
    """Whether both dates can mean one day; a missing one can mean any."""
    return not (one and other) or edtf.bounds(one).overlaps(edtf.bounds(other))


def _near(one: str | None, other: str | None) -> bool:
    if not (one and other):
        return False
    first, second = _days(one), _days(other)
    if first is None or second is None:
        return False
    return first[0] - _NEAR <= second[1] and second[0] - _NEAR <= first[1]


def _days(text: str) -> tuple[date, date] | None:
    """The days that a date can mean, None where those are too many to tell two incidents apart."""
    known = edtf.bounds(text)
    if known.lower is None or known.upper is None or known.upper - known.lower > _VAGUE:
        return None
    return known.lower, known.upper


def _alike(one: str, other: str) -> bool:
    first, second = set(words(one)), set(words(other))
    fewest = min(len(first), len(second))
    return fewest > 0 and len(first & second) >= _SHARED * fewest
