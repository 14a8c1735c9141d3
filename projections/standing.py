"""Where a policy stands on a day: read off the steps on record, never beyond what they say."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from projections.views.policies import PolicyStep
from tracker.domain.policy import PolicyChanged, PolicyObserved, PolicyProposed, PolicyRejected

Status = Literal[
    "proposed", "announced", "in force", "suspended", "ended", "withdrawn", "repealed", "rejected",
    "unknown",
]  # fmt: skip
STATUSES: tuple[Status, ...] = (
    "proposed", "announced", "in force", "suspended", "ended", "withdrawn", "repealed", "rejected",
    "unknown",
)  # fmt: skip
_AFTER: dict[str | None, Status] = {
    "suspended": "suspended",
    "withdrawn": "withdrawn",
    "repealed": "repealed",
}
"""What an action leaves a policy in once it is effective; every other leaves it in force."""


def status(steps: Sequence[PolicyStep], valid_at: date) -> Status:
    """The status of a policy on a day, from all its steps.

    The change that covers the day decides, the latest start first; then what was announced by that
    day and is not effective yet; then a change that has run out, what somebody observed, and what
    was proposed. `unknown` is a policy of which nothing on record speaks of the day.
    """
    standing = [s for s in steps if s.counts]
    changes = [s for s in standing if s.type == PolicyChanged.type and s.category is None]
    changes = changes or [s for s in standing if s.type == PolicyChanged.type]
    if covering := [s for s in changes if _covers(s, valid_at)]:
        return _AFTER.get(max(covering, key=_rank).action, "in force")
    ended = any(s.ends is not None and s.ends < valid_at for s in changes)
    if any(_to_come(s, valid_at) for s in changes):
        return "announced"
    if ended:
        return "ended"
    seen = [s for s in standing if s.type == PolicyObserved.type and _covers(s, valid_at)]
    if seen:
        suspended = max(seen, key=_rank).regime == "visa-free-suspended"
        return "suspended" if suspended else "in force"
    return _proposed(steps, valid_at)


def _proposed(steps: Sequence[PolicyStep], valid_at: date) -> Status:
    made = [
        s
        for s in steps
        if s.type == PolicyProposed.type and s.retracted_at is None and _known_on(s) <= valid_at
    ]
    rejections = {
        s.event for s in steps if s.type == PolicyRejected.type and s.retracted_at is None
    }
    if any(s.replaced_at is None for s in made):
        return "proposed"
    if any(s.replaced_by in rejections for s in made):
        return "rejected"
    return "unknown"


def _covers(step: PolicyStep, day: date) -> bool:
    begun = step.starts is not None and step.starts <= day
    return begun and (step.ends is None or day <= step.ends)


def _to_come(step: PolicyStep, day: date) -> bool:
    return (step.starts is None or day < step.starts) and _known_on(step) <= day


def _known_on(step: PolicyStep) -> date:
    # Without an announcement of its own a step is not known of before its sources say it.
    return step.announced_lower or step.known_on


def _rank(step: PolicyStep) -> tuple[date, date, int]:
    return (step.starts or date.min, step.announced_lower or date.min, step.position)
