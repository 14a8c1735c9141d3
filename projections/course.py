"""Which of some facts goes first on each day, for holders of one nationality.

What is said of the nationality itself goes before its groups of the day, and these before
everybody (`*`); within a level what started last, of that what was announced last, of that the
later one in the log. Each name's facts are laid out over the days once it is asked for, so that a
day takes a search and no look at all of them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date

from projections import spans
from projections.entry_facts import EntryFact
from tracker.domain.groups import groups_of

_Laid = tuple[list[date], list[EntryFact | None]]
"""The days on which another fact begins to go first, the first day of all at the head, and which."""


class Course:
    """The facts that go first, day by day."""

    __slots__ = ("_facts", "_laid", "_nationality")

    def __init__(self, facts: Iterable[EntryFact], nationality: str) -> None:
        self._nationality = nationality
        self._facts: dict[str, list[EntryFact]] = {}
        self._laid: dict[str, _Laid] = {}
        for fact in facts:
            self._facts.setdefault(fact.nationality, []).append(fact)

    def on(self, day: date) -> EntryFact | None:
        """The fact that goes first on a day; None where none counts."""
        if found := self._of(self._nationality, day):
            return found
        several = [self._of(group, day) for group in groups_of(self._nationality, day)]
        if found := max(filter(None, several), key=rank, default=None):
            return found
        return self._of("*", day)

    def _of(self, name: str, day: date) -> EntryFact | None:
        laid = self._laid.get(name)
        if laid is None:
            if name not in self._facts:
                return None
            laid = self._laid[name] = _lay_out(self._facts[name])
        days, first = laid
        return first[bisect_right(days, day) - 1]


def _lay_out(facts: Sequence[EntryFact]) -> _Laid:
    days: list[date] = [date.min]
    first: list[EntryFact | None] = [None]
    # None of them starts before another that it goes before, so each only meets the end.
    for fact in sorted(facts, key=spans.rank):
        start, last = fact.starts, fact.ends
        if start is None or (last is not None and last < start):
            continue
        low = bisect_left(days, start)
        if last is None or last == date.max:
            days[low:], first[low:] = [start], [fact]
            continue
        stop = spans.after(last)
        high = bisect_right(days, stop)
        days[low:high], first[low:high] = [start, stop], [fact, first[high - 1]]
    return days, first


def rank(fact: EntryFact) -> tuple[date, date, int, str]:
    """What is compared between two facts of one level."""
    # Only one event that names two groups of the same country is told apart by their names.
    return *spans.rank(fact), fact.nationality
