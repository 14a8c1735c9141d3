"""What an event does about a policy, as a row."""

from datetime import date, datetime
from typing import ClassVar

import msgspec

from projections.rows import blank
from projections.said import Said
from projections.sources import Sourced, sourced
from tracker.domain import edtf
from tracker.domain.policy import PolicyChanged, PolicyFact, PolicyObserved
from tracker.domain.values import instant


class PolicyStep(Sourced, frozen=True, kw_only=True):
    """One event about a policy; dates are EDTF with the days that count."""

    table: ClassVar[str] = "policy_step"
    found_first: ClassVar[bool] = True
    key: ClassVar[tuple[str, ...]] = ("event",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("policy", "position"),)

    policy: str
    type: str
    action: str | None
    """Of a change; None for a proposal, an observation or a rejection."""
    recorded_at: datetime
    known_on: date
    """When a reader of the sources could know it."""
    jurisdiction: str
    kind: str
    title: str | None
    issuer: str | None
    instrument: str | None
    announced_on: str | None
    announced_lower: date | None
    effective_basis: str | None
    effective_from: str | None
    effective_to: str | None
    observed_on: date | None
    starts: date | None
    """The first day it counts; None is not known."""
    starts_upper: date | None
    """The last day on which it may have begun; None where `starts` is certain."""
    ends: date | None
    """The last day it counts; None is open."""
    nationalities: tuple[str, ...]
    regime: str | None
    category: str | None
    passport_type: str | None
    purpose: str | None
    direction: str | None
    severity: int | None
    override_reason: str | None
    replaces: tuple[str, ...]
    replaced_by: str | None = None
    replaced_at: int | None = None
    retracted_at: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it was neither replaced nor retracted."""
        return self.replaced_at is None and self.retracted_at is None


_BLANK = blank(PolicyStep)


def step_of(told: Said, fact: PolicyFact) -> PolicyStep:
    """The step that a fact is, as if nothing had become of it since."""
    known = instant(fact.known_since) if fact.known_since else told.recorded_at
    step = msgspec.structs.replace(
        sourced(_BLANK, told),
        policy=fact.policy or told.event,
        type=fact.type,
        recorded_at=told.recorded_at,
        known_on=known.date(),
        jurisdiction=fact.jurisdiction,
        kind=fact.kind,
        replaces=fact.replaces,
    )
    return _dated(_worded(step, fact), fact)


def _worded(step: PolicyStep, fact: PolicyFact) -> PolicyStep:
    """The step with what it says."""
    rule = fact.rule
    return msgspec.structs.replace(
        step,
        title=fact.title,
        issuer=fact.issuer,
        instrument=fact.instrument,
        nationalities=rule.nationalities if rule else (),
        regime=rule.regime if rule else None,
        category=rule.category if rule else None,
        passport_type=rule.passport_type if rule else None,
        purpose=rule.purpose if rule else None,
        direction=fact.direction,
        severity=fact.severity,
        override_reason=fact.override_reason,
    )


def _dated(step: PolicyStep, fact: PolicyFact) -> PolicyStep:
    """The step with its days, and what is done on them."""
    change = fact if isinstance(fact, PolicyChanged) else None
    text = fact.counts_from()
    start = edtf.bounds(text) if text else edtf.OPEN
    return msgspec.structs.replace(
        step,
        action=change and change.action,
        announced_on=fact.announced_on,
        announced_lower=edtf.lower(fact.announced_on) or edtf.upper(fact.announced_on),
        effective_basis=change and change.effective_basis,
        effective_from=fact.effective_from,
        effective_to=fact.effective_to,
        observed_on=start.lower if isinstance(fact, PolicyObserved) else None,
        # "Some time before June" is only certain to hold from its upper bound on.
        starts=start.lower or start.upper,
        starts_upper=None if start.exact or start.lower is None else start.upper,
        ends=edtf.upper(fact.effective_to),
    )
