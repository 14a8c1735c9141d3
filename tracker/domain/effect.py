"""Recording that the day came on which a change takes effect."""

import msgspec

from tracker.domain import edtf
from tracker.domain.base import Command, Given, NewEvent, Past, Query, tagged
from tracker.domain.correction import FactCorrected, FactRetracted
from tracker.domain.ids import derived
from tracker.domain.policy import EffectiveDateReached, PolicyChanged, PolicyRejected
from tracker.domain.values import Day, Id


def certain_start(change: PolicyChanged) -> str | None:
    """The day on which a change takes effect; None where no certain day is known."""
    text = change.counts_from()
    return text if text and edtf.bounds(text).exact else None


class ReachEffectiveDate(Command, frozen=True, kw_only=True):
    """Record that a change is in effect from a day, unless it was moved or taken back meanwhile.

    The id follows from the change and the day, so that it is recorded once whoever tries.
    """

    change: Id
    policy: Id
    day: Day

    def reads(self, past: Past) -> Query:
        """The change with its corrections, and what may have replaced it."""
        return tagged(f"target:{self.change}", f"policy:{self.policy}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The day reached; nothing where the change does not begin on it, or that is known."""
        change = self._now(past)
        if change is None or certain_start(change) != self.day:
            return []
        reached = EffectiveDateReached(
            change=self.change,
            day=self.day,
            policy=self.policy,
            jurisdiction=change.jurisdiction,
            rule=change.rule is not None,
        )
        new = NewEvent(derived("reminder", self.change, self.day), reached)
        return [] if any(recorded.id == new.id for recorded in past) else [new]

    def _now(self, past: Past) -> PolicyChanged | None:
        """What the change says now; None once it is taken back or replaced."""
        change: PolicyChanged | None = None
        by_event: dict[str, PolicyChanged | PolicyRejected | None] = {}
        for recorded in past:
            event = recorded.event
            if isinstance(event, PolicyChanged | PolicyRejected):
                by_event[str(recorded.id)] = event
            elif isinstance(event, FactCorrected) and event.target in by_event:
                by_event[event.target] = by_event[event.target] and _corrected(event)
            elif isinstance(event, FactRetracted):
                by_event[event.target] = None
        found = by_event.pop(self.change, None)
        if isinstance(found, PolicyChanged):
            change = found
        replaced = any(self.change in other.replaces for other in by_event.values() if other)
        return None if replaced else change


def _corrected(event: FactCorrected) -> PolicyChanged | PolicyRejected | None:
    kind = {k.type: k for k in (PolicyChanged, PolicyRejected)}.get(event.fact_type)
    return msgspec.convert(event.fact, kind) if kind else None
