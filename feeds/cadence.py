"""When a feed is asked again: its own rhythm within bounds, what its server asks for, patience.

Pure: time and chance are arguments.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import exp, log

import msgspec

from feeds.freshness import DAY_S, Hold, open_from

LEAST_S = 900
MOST_S = 6 * 3600
SPACING_S = 5
_SHORTEST_S = 5
# Of the gaps between items, the last few count most; within a minute they are one.
_WEIGHT = 0.1
_LEAST_GAP_S = 60.0
_KNOWN_GAPS = 5
# A pinned item of years ago says nothing about the rhythm of today.
_RECENT = timedelta(days=90)
# Asked four times in its usual gap, a feed waits for us a quarter of it at most.
_ASKED_PER_GAP = 4
_FAR_LONGER = 3


class Bounds(msgspec.Struct, frozen=True):
    """The least and the most time between two polls that go well."""

    least_s: int = LEAST_S
    most_s: int = MOST_S

    @classmethod
    def of(cls, least_s: int | None, most_s: int | None) -> "Bounds":
        """What is set for a feed, and the usual bounds where nothing is."""
        if least_s is None:
            least_s = min(LEAST_S, most_s or LEAST_S)
        least_s = max(least_s, _SHORTEST_S)
        return cls(least_s, max(least_s, most_s or MOST_S))


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """How often a feed has brought something new, learned from what it brought."""

    gaps: int = 0
    usual_gap_s: float | None = None
    longest_gap_s: float = 0.0
    last_new_at: datetime | None = None

    def quiet_after(self) -> datetime | None:
        """The moment from which on it is silent for far longer than it ever was."""
        if self.last_new_at is None or self.gaps < _KNOWN_GAPS:
            return None
        return self.last_new_at + timedelta(seconds=max(_FAR_LONGER * self.longest_gap_s, DAY_S))


class Due(msgspec.Struct, frozen=True):
    """The next poll, and why it is then; `asked` if the server has put it off."""

    at: datetime
    reason: str
    asked: bool = False


def learned(rhythm: Rhythm, now: datetime, dates: Iterable[datetime | None]) -> Rhythm:
    """The rhythm after a poll that brought something new; `dates` are its items' own.

    The usual gap is a geometric mean, so that neither a burst nor a holiday bends it.
    """
    last = rhythm.last_new_at
    since = last or now - _RECENT
    for at in sorted({min(date or now, now) for date in dates if (date or now) > since}) or [now]:
        if last is not None and (gap := (at - last).total_seconds()) >= _LEAST_GAP_S:
            weight = max(1 / (rhythm.gaps + 1), _WEIGHT)
            before = log(rhythm.usual_gap_s or gap)
            rhythm = msgspec.structs.replace(
                rhythm,
                gaps=rhythm.gaps + 1,
                usual_gap_s=exp(before + weight * (log(gap) - before)),
                longest_gap_s=max(rhythm.longest_gap_s, gap),
            )
        last = at
    return msgspec.structs.replace(rhythm, last_new_at=last)


def next_due(
    now: datetime,
    *,
    bounds: Bounds,
    rhythm: Rhythm,
    holds: Sequence[Hold] = (),
    skip_hours: Sequence[int] = (),
    skip_days: Sequence[int] = (),
    failures: int = 0,
    jitter: float = 0.0,
) -> Due:
    """The next poll: never before what the server asked for, later with every failure in a row.

    `jitter` is a number from 0 to 1: it spreads polls over a tenth of the wait, and retries over
    half of it. The wait after failures doubles up to a day and never ends for ever.
    """
    if failures:
        due = _patience(now, bounds, failures, jitter)
    else:
        due = _rhythmic(now, bounds, rhythm, jitter)
    for hold in holds:
        until = min(hold.until, now + timedelta(seconds=hold.most_s))
        if until > due.at:
            bound = "" if until == hold.until else f"; kept for {told(hold.most_s)} at most"
            due = Due(until, f"the server asked for it ({hold.said}{bound})", asked=True)
    opened = open_from(due.at, skip_hours, skip_days)
    if opened > due.at:
        due = Due(opened, "the feed asks for it (skipHours, skipDays)", asked=True)
    return due


def _patience(now: datetime, bounds: Bounds, failures: int, jitter: float) -> Due:
    wait_s = max(min(bounds.least_s * 2 ** min(failures, 20), DAY_S), bounds.least_s)
    many = "the last poll" if failures == 1 else f"the last {failures} polls"
    return Due(now + timedelta(seconds=wait_s * (1 + jitter / 2)), f"{many} failed")


def _rhythmic(now: datetime, bounds: Bounds, rhythm: Rhythm, jitter: float) -> Due:
    gap_s = rhythm.usual_gap_s or 0.0
    if rhythm.last_new_at is not None:
        gap_s = max(gap_s, (now - rhythm.last_new_at).total_seconds())
    wait_s = gap_s / _ASKED_PER_GAP
    if wait_s <= bounds.least_s:
        wait_s, reason = bounds.least_s, f"it is asked every {told(bounds.least_s)} at most"
    elif wait_s >= bounds.most_s:
        wait_s, reason = bounds.most_s, f"it is asked every {told(bounds.most_s)} at least"
    else:
        reason = f"it brings something new every {told(gap_s)} or so"
    return Due(now + timedelta(seconds=wait_s * (1 + jitter / 10)), reason)


def told(seconds: float) -> str:
    """A span of time for people."""
    for unit, size in (("day", DAY_S), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}s"
    return f"{seconds:.0f} seconds"
