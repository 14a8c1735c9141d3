"""The regime of a cell over all time, and what changed between two states of knowledge."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from projections.regimes import Cell, Known, Sight, decide, level, see
from projections.views.entry_rules import EntryFact
from tracker.domain.groups import membership_days
from tracker.domain.severity import Weight, weigh

_DAY = timedelta(days=1)


class Segment(msgspec.Struct, frozen=True):
    """Days in a row with one regime; None at either side is open."""

    start: date | None = msgspec.field(name="from")
    until: date | None
    regime: str
    max_stay_days: int | None
    decided_by: str | None
    """The event that decides its first day."""
    direction: str | None = None
    """Against the segment before; absent where nothing was known before."""
    severity: int | None = None


class Pending(msgspec.Struct, frozen=True):
    """A change that is known and not yet in effect; `on` is EDTF text, None where unknown."""

    to: str
    on: str | None
    announced_on: str | None
    decided_by: str
    direction: str | None = None
    severity: int | None = None


class Transition(msgspec.Struct, frozen=True):
    """What a cell was and what it became, from the first day on which the two differ."""

    before: str
    after: str
    max_stay_before: int | None
    max_stay_after: int | None
    on: date
    first_knowledge: bool
    """Whether nothing was known of that day before."""

    @property
    def weight(self) -> Weight:
        """Which way it goes and how severe it is, by the table."""
        return weigh(self.before, self.after, self.max_stay_before, self.max_stay_after)


def timeline(facts: Iterable[EntryFact], cell: Cell, known: Known) -> tuple[Segment, ...]:
    """The regime over all time as the longest possible segments, the earliest first."""
    return segments(see(facts, cell, known))


def segments(sight: Sight) -> tuple[Segment, ...]:
    """The timeline of what was seen of a cell; it has no gaps and is open at both ends."""
    found = [Segment(None, None, "unknown", None, None)]
    for point in change_points(sight):
        fact, last = decide(sight, point), found[-1]
        regime, stay = _state(fact)
        if (regime, stay) == (last.regime, last.max_stay_days):
            continue
        if point == date.min:
            found.pop()
        else:
            found[-1] = msgspec.structs.replace(last, until=point - _DAY)
        weight = _weight(last, regime, stay, fact if fact and fact.starts == point else None)
        found.append(Segment(point, None, regime, stay, fact.event if fact else None, *weight))
    return tuple(found)


def segment_on(sight: Sight, day: date) -> Segment:
    """The segment that a day lies in, found from the points around it alone."""
    points = change_points(sight)
    stop = bisect_right(points, day)
    start = stop - 1
    begin = decide(sight, points[start]) if start >= 0 else None
    regime, stay = _state(begin)
    before = ("unknown", None)
    while start >= 0:
        earlier = decide(sight, points[start - 1]) if start else None
        before = _state(earlier)
        if before != (regime, stay):
            break
        start, begin = start - 1, earlier
    while stop < len(points) and _state(decide(sight, points[stop])) == (regime, stay):
        stop += 1
    until = points[stop] - _DAY if stop < len(points) else None
    if start < 0:
        return Segment(None, until, regime, stay, None)
    point, last = points[start], Segment(None, None, *before, None)
    weight = _weight(last, regime, stay, begin if begin and begin.starts == point else None)
    return Segment(point, until, regime, stay, begin.event if begin else None, *weight)


def _state(fact: EntryFact | None) -> tuple[str, int | None]:
    return (fact.regime, fact.max_stay_days) if fact else ("unknown", None)


def _weight(
    before: Segment, regime: str, stay: int | None, beginning: EntryFact | None
) -> tuple[str | None, int | None]:
    """Direction and severity of a step; what an analyst says of the fact that begins goes first."""
    if "unknown" in (before.regime, regime):
        derived = (None, None)
    else:
        weight = weigh(before.regime, regime, before.max_stay_days, stay)
        derived = (weight.direction, weight.severity)
    if beginning is None:
        return derived
    return beginning.direction or derived[0], beginning.severity or derived[1]


def change_points(sight: Sight) -> list[date]:
    """The days on which another fact may begin to decide."""
    facts = (*sight.changes, *sight.standalone)
    points = {f.starts for f in facts if f.starts}
    points |= {f.ends + _DAY for f in facts if f.ends and f.ends < date.max}
    if any(f.nationality not in ("*", sight.cell.nationality) for f in facts):
        points |= set(membership_days(sight.cell.nationality))
    return sorted(points)


def segment_at(history: Sequence[Segment], day: date) -> Segment:
    """The segment that a day lies in."""
    return next(s for s in reversed(history) if s.start is None or s.start <= day)


def next_pending(sight: Sight, day: date) -> Pending | None:
    """The next change that will decide, a dated one before those without a date."""
    later = [f for f in sight.changes if f.starts and f.starts > day]
    for fact in sorted(later, key=lambda f: f.starts or date.max):
        deciding = decide(sight, fact.starts or date.max)
        if deciding and deciding.event == fact.event:
            before = decide(sight, (fact.starts or date.max) - _DAY)
            return _pending(fact, before)
    return next(iter(undated(sight, day)), None)


def undated(sight: Sight, day: date) -> tuple[Pending, ...]:
    """Changes whose start is unknown and that what decides on the day would not outrank."""
    deciding = decide(sight, day)
    outranking = deciding is not None and deciding.kind == "change"
    least = level(deciding, sight.cell, day) if deciding and outranking else 0
    found: dict[str, Pending] = {}
    for fact in reversed(sight.changes):
        rank = level(fact, sight.cell, day)
        lapsed = fact.ends is not None and fact.ends < day
        if fact.starts is None and not lapsed and rank is not None and rank >= (least or 0):
            found.setdefault(fact.event, _pending(fact, deciding))
    return tuple(found.values())


def pending_unknown(facts: Iterable[EntryFact], cell: Cell, known: Known) -> tuple[Pending, ...]:
    """Every change of the cell that was known without a date, the latest first."""
    changes = (f for f in reversed(see(facts, cell, known).changes) if f.starts is None)
    return tuple({f.event: _pending(f) for f in changes}.values())


def transition(
    before: Sequence[Segment],
    after: Sequence[Segment],
    today: date | None,
    include_first: bool = False,
) -> Transition | None:
    """How two timelines differ from `today` on (None: on any day); None where they do not.

    Days of which nothing was known before count only with `include_first`, and then only where no
    known day differs. A length of stay that one side does not state is no difference.
    """
    floor = today or date.min
    points = {s.start for s in (*before, *after) if s.start and s.start > floor} | {floor}
    first_known: Transition | None = None
    for day in sorted(points):
        old, new = segment_at(before, day), segment_at(after, day)
        if not _differ(old, new):
            continue
        found = Transition(
            old.regime, new.regime, old.max_stay_days, new.max_stay_days, day,
            old.regime == "unknown",
        )  # fmt: skip
        if not found.first_knowledge:
            return found
        first_known = first_known or found
    return first_known if include_first else None


def differing(before: Sight, after: Sight, today: date) -> bool:
    """Whether their timelines differ from a day on; cheaper than to make both, as most do not."""
    later = (p for sight in (before, after) for p in change_points(sight) if p > today)
    return any(
        _apart(_state(decide(before, day)), _state(decide(after, day))) for day in {today, *later}
    )


def _differ(old: Segment, new: Segment) -> bool:
    return _apart((old.regime, old.max_stay_days), (new.regime, new.max_stay_days))


def _apart(old: tuple[str, int | None], new: tuple[str, int | None]) -> bool:
    return old[0] != new[0] or (old[1] != new[1] and None not in (old[1], new[1]))


def _pending(fact: EntryFact, before: EntryFact | None = None) -> Pending:
    held = Segment(None, None, "unknown", None, None)
    if before:
        held = Segment(None, None, before.regime, before.max_stay_days, before.event)
    weight = _weight(held, fact.regime, fact.max_stay_days, fact)
    return Pending(fact.regime, fact.effective_text, fact.announced_text, fact.event, *weight)
