"""The two clocks of a page: what was asked, what it means, and the days worth going to."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import msgspec

from projections.questions import Clocks, Sighting
from projections.views.entry_rules import EntryFact
from tracker.console.visits import Visit
from tracker.parts import Parts

_MOST_STOPS = 12
_MOST_STEPS = 400


class ClockBar(msgspec.Struct, frozen=True, kw_only=True):
    """The clocks as the bar above a page shows them; `None` stops are not offered."""

    valid_at: date
    valid_asked: str | None
    today: date
    """Today in the destination's capital."""
    known_day: str
    """The day of knowledge for the date input; empty is now."""
    known_asked: str | None
    basis: str
    position: int
    valid_stops: tuple[date, ...] = ()
    known_stops: tuple[date, ...] = ()
    valid_steps: tuple[date, ...] = ()
    """All change points, for the slider; its last step is today."""
    known_steps: tuple[date, ...] = ()
    from_log: bool = False
    """Whether the basis is the log's own choice, and not recorded."""

    @property
    def elsewhere(self) -> bool:
        """Whether this is not simply now."""
        return self.valid_at != self.today or self.known_asked is not None

    @property
    def sentence(self) -> str:
        """Which clock is shown, in words."""
        known = f"on {self.known_asked}" if self.known_asked else "now"
        reader = (
            "as a reader of the sources could know"
            if self.basis == "published"
            else f"as this log knew at position {self.position}"
        )
        return f"In force on {self.valid_at.isoformat()}, as known {known} ({reader})"


async def clock_bar(
    parts: Parts,
    visit: Visit,
    sighting: Sighting,
    destination: str | None = None,
    facts: Iterable[EntryFact] = (),
) -> ClockBar:
    """The bar for a question and the facts that may answer it."""
    asked, own_basis = visit.clocks, visit.traits.basis
    now = sighting
    if asked.valid_at:
        now = await parts.questions.sight(Clocks(), destination, seen=visit.seen)
    known = list(facts)
    valid = {day for f in known for day in (f.starts, f.ends) if day}
    if sighting.basis == "published":
        learned = {f.known_since.astimezone(UTC).date() for f in known}
    else:
        learned = {f.recorded_at.astimezone(UTC).date() for f in known}
    return ClockBar(
        valid_at=sighting.valid_at,
        today=now.valid_at,
        valid_asked=asked.valid_at,
        known_day=_day(asked.known_at, sighting),
        known_asked=asked.known_at,
        basis=sighting.basis,
        position=sighting.known_position,
        valid_stops=_nearest(valid, sighting.valid_at),
        known_stops=_nearest(learned, None),
        valid_steps=_steps(valid, now.valid_at, sighting.valid_at),
        known_steps=_steps(learned, None, None),
        from_log=own_basis == sighting.basis != "recorded",
    )


def _steps(days: Iterable[date], *also: date | None) -> tuple[date, ...]:
    """The days that a slider stops at, and the day that is shown; the latest where there are many."""
    return tuple(sorted({*days, *(day for day in also if day)})[-_MOST_STEPS:])


def _day(asked: str | None, sighting: Sighting) -> str:
    if asked is None or asked.isdigit():
        return ""
    try:
        return datetime.fromisoformat(sighting.known_at).date().isoformat()
    except ValueError:
        return ""


def _nearest(days: Iterable[date], to: date | None) -> tuple[date, ...]:
    """The days, thinned to those around one where there are many."""
    ordered: Sequence[date] = sorted(days)
    if len(ordered) <= _MOST_STOPS:
        return tuple(ordered)
    if to is None:
        return tuple(ordered[-_MOST_STOPS:])
    return tuple(sorted(sorted(ordered, key=lambda d: abs((d - to).days))[:_MOST_STOPS]))
