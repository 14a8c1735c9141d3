"""Entry rules: every fact about who may enter where, one row a nationality that it names.

The rows say what each fact states and when it was known; which of them decides on a day is read
off them by `projections.regimes`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar

import msgspec

from projections.origins import origins
from projections.view import Lookup, Row, State, View
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.policy import EntryRule, PolicyChanged, PolicyObserved, PolicyRejected
from tracker.domain.values import instant


class EntryFact(Row, frozen=True, kw_only=True):
    """What one change or observation says about one nationality, group or everybody (`*`)."""

    table: ClassVar[str] = "entry_fact"
    key: ClassVar[tuple[str, ...]] = ("event", "nationality")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("destination", "nationality"),)

    event: str
    nationality: str
    destination: str
    passport_type: str
    purpose: str
    category: str | None
    """Whom among the nationality it concerns; None is the whole."""
    kind: str
    """`change` or `observation`."""
    action: str | None
    regime: str
    max_stay_days: int | None
    position: int
    recorded_at: datetime
    known_since: datetime
    """When a reader of the sources could know it."""
    announced_on: date | None
    announced_text: str | None
    starts: date | None
    """The first day it counts; None is not known."""
    starts_upper: date | None
    """The last day on which it may have begun; None where `starts` is certain."""
    ends: date | None
    """The last day it counts; None is open."""
    ends_lower: date | None
    """The earliest day that may have been the last; None where `ends` is certain."""
    effective_text: str | None
    """The start as its source gave it (EDTF)."""
    policy: str | None
    origins: tuple[str, ...]
    replaced_at: int | None = None
    """The position of the event that replaced it."""
    replaced_since: datetime | None = None
    """When a reader of the sources could know that it is replaced."""


Stated = PolicyChanged | PolicyObserved | PolicyRejected


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The rows of the facts that the event replaces."""
    event = recorded.event
    if isinstance(event, Stated):
        for target in event.replaces:
            yield Lookup(EntryFact, "event", target)


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """What the event replaces, and the rows of its own rule."""
    event = recorded.event
    if not isinstance(event, Stated):
        return
    yield from _replaced(state, event, recorded)
    if event.rule and not isinstance(event, PolicyRejected):
        for nationality in dict.fromkeys(event.rule.nationalities):
            yield _row(event, event.rule, nationality, recorded)


def _replaced(state: State, event: Stated, recorded: Recorded) -> Iterable[Row]:
    since = _known_since(event, recorded)
    for target in event.replaces:
        for row in state.find(EntryFact, "event", target):
            # Who merely describes a state asserts no change and so ends none.
            if isinstance(event, PolicyObserved) and row.kind == "change":
                continue
            yield msgspec.structs.replace(
                row,
                replaced_at=row.replaced_at or recorded.position,
                replaced_since=min(row.replaced_since or since, since),
            )


def _row(
    event: PolicyChanged | PolicyObserved, rule: EntryRule, nationality: str, recorded: Recorded
) -> EntryFact:
    starts_text = _starts_text(event)
    start = edtf.bounds(starts_text) if starts_text else edtf.Bounds(None, None)
    end = edtf.bounds(event.effective_to) if event.effective_to else edtf.Bounds(None, None)
    return EntryFact(
        event=str(recorded.id),
        nationality=nationality,
        destination=event.jurisdiction,
        passport_type=rule.passport_type or "unspecified",
        purpose=rule.purpose or "unspecified",
        category=rule.category,
        kind="change" if isinstance(event, PolicyChanged) else "observation",
        action=event.action if isinstance(event, PolicyChanged) else None,
        regime=rule.regime,
        max_stay_days=rule.max_stay_days,
        position=recorded.position,
        recorded_at=recorded.recorded_at,
        known_since=_known_since(event, recorded),
        announced_on=edtf.lower(event.announced_on),
        announced_text=event.announced_on,
        # "Some time before June" is only certain to hold from its upper bound on.
        starts=start.lower or start.upper,
        starts_upper=None if start.exact or start.lower is None else start.upper,
        ends=end.upper,
        ends_lower=None if end.exact or end.upper is None else end.lower,
        effective_text=starts_text,
        policy=event.policy,
        origins=origins(event.citations),
    )


def _starts_text(event: PolicyChanged | PolicyObserved) -> str | None:
    if isinstance(event, PolicyObserved):
        return event.observed_on
    return event.announced_on if event.effective_basis == "immediate" else event.effective_from


def _known_since(event: Stated, recorded: Recorded) -> datetime:
    # A bare date means the end of its day, which may be yet to come; here it is known already.
    given = instant(event.known_since) if event.known_since else recorded.recorded_at
    return min(given, recorded.recorded_at)


VIEW = View(
    name="entry_rules",
    version=1,
    rows=(EntryFact,),
    events=(PolicyChanged, PolicyObserved, PolicyRejected),
    fold=fold,
    wants=wants,
)
