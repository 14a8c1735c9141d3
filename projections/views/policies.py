"""Policies of all kinds: what each is, and step by step what was done about it.

A correction gives a step its new content at its old place. A step that was retracted, or replaced
by a later one, keeps its row and is marked; where the policy stands on a day follows from the rest
(`projections.standing`), as a fold knows no today.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import ClassVar

import msgspec

from projections.overlay import Overlay
from projections.said import Said, said
from projections.sources import CORRECTIONS, Sourced, backed, columns, unbacked
from projections.view import Change, Lookup, Row, State, View
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.policy import PolicyChanged, PolicyFact, PolicyObserved
from tracker.domain.values import instant


class Policy(Row, frozen=True, kw_only=True):
    """One policy, called as its latest step that gave it a name or an issuer."""

    table: ClassVar[str] = "policy"
    key: ClassVar[tuple[str, ...]] = ("policy",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("jurisdiction", "position"),
        ("kind", "position"),
        ("position",),
        ("nationalities",),
    )

    policy: str
    jurisdiction: str
    kind: str
    title: str | None
    issuer: str | None
    nationalities: tuple[str, ...]
    """Whom its entry rules concern: codes, groups and `*`."""
    action: str | None
    """What the change recorded last did, of those that count; None where nothing was changed."""
    last_event: str
    position: int
    """Of the latest step."""


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


_OPEN = edtf.Bounds(None, None)


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The policy, and the steps that the event replaces or is about."""
    event = recorded.event
    if isinstance(event, PolicyFact):
        yield Lookup(Policy, "policy", event.policy)
        for target in event.replaces:
            yield Lookup(PolicyStep, "event", target)
    elif isinstance(event, FactCorrected | FactRetracted | FactCorroborated):
        yield Lookup(PolicyStep, "event", event.target)


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The row of the step, the marks of those that it replaces, and the policy as it is now."""
    event, told = recorded.event, said(recorded)
    if isinstance(event, PolicyFact) and told and not event.replaces:
        # What bears on no other step, as nearly all do.
        new = _step(told, event, None)
        known = state.find(Policy, "policy", new.policy)
        return (new, _advanced(known[0] if known else None, new))
    over = Overlay(state)
    if told and isinstance(told.fact, PolicyFact):
        _stated(over, told, told.fact, recorded.position)
    elif isinstance(event, FactCorroborated):
        for step in over.find(PolicyStep, "event", event.target):
            over.put(backed(step, event, recorded))
    elif isinstance(event, FactRetracted):
        for step in over.find(PolicyStep, "event", event.target):
            over.put(msgspec.structs.replace(step, retracted_at=recorded.position))
            _again(over, {step.policy, *_unmark(over, step)})
        for step in over.find(PolicyStep, "event", event.source_of or ""):
            over.put(unbacked(step, event))
    return over.changes()


def _stated(over: Overlay, told: Said, fact: PolicyFact, position: int) -> None:
    old = over.first(PolicyStep, "event", told.event) if told.corrected else None
    touched = {old.policy, *_unmark(over, old)} if old else set[str]()
    new = _step(told, fact, old)
    over.put(new)
    touched |= set(_mark(over, new, position))
    if told.corrected or (touched and not new.action):
        touched.add(new.policy)
    else:
        # Its own action is the latest that counts, whatever became of the steps before.
        touched.discard(new.policy)
        known = over.first(Policy, "policy", new.policy)
        over.put(_advanced(known, new))
    _again(over, touched)


def _mark(over: Overlay, by: PolicyStep, position: int) -> Iterable[str]:
    """Mark the steps that one replaces; the policies of those."""
    for target in by.replaces:
        for step in over.find(PolicyStep, "event", target):
            if _replaces(by, step) and step.replaced_at is None:
                over.put(msgspec.structs.replace(step, replaced_by=by.event, replaced_at=position))
                yield step.policy


def _unmark(over: Overlay, by: PolicyStep) -> Iterable[str]:
    """Take the marks of a step back; the policies of those that it had replaced."""
    for target in by.replaces:
        for step in over.find(PolicyStep, "event", target):
            if step.replaced_by == by.event:
                other = _replacing_too(over, step, by)
                at = (other.corrected_at or other.position) if other else None
                event = other.event if other else None
                over.put(msgspec.structs.replace(step, replaced_by=event, replaced_at=at))
                yield step.policy


def _replacing_too(over: Overlay, step: PolicyStep, by: PolicyStep) -> PolicyStep | None:
    """The first other step of the policies of both that replaces one too."""
    policies = dict.fromkeys((step.policy, by.policy))
    steps = [s for policy in policies for s in over.find(PolicyStep, "policy", policy)]
    others = (
        s
        for s in _by_position(steps)
        if s.event != by.event and s.retracted_at is None and _replaces(s, step)
    )
    return next(others, None)


def _replaces(by: PolicyStep, step: PolicyStep) -> bool:
    # Who merely describes a state asserts no change and so ends none.
    seen = by.type == PolicyObserved.type and step.type != PolicyObserved.type
    return step.event in by.replaces and step.event != by.event and not seen


def _again(over: Overlay, policies: Iterable[str]) -> None:
    """The policies as their steps make them."""
    for policy in sorted(policies):
        made: Policy | None = None
        for step in _by_position(over.find(PolicyStep, "policy", policy)):
            if step.retracted_at is None:
                made = _advanced(made, step)
        old = over.first(Policy, "policy", policy)
        if made:
            over.put(made)
        elif old:
            over.drop(old)


def _by_position(steps: Sequence[PolicyStep]) -> list[PolicyStep]:
    return sorted(steps, key=lambda s: s.position)


def _advanced(policy: Policy | None, step: PolicyStep) -> Policy:
    """The policy after one more step."""
    who = policy.nationalities if policy else ()
    if new := [n for n in step.nationalities if n not in who]:
        who = tuple(dict.fromkeys((*who, *new)))
    changed = step.action if step.counts else None
    return Policy(
        policy=step.policy,
        jurisdiction=step.jurisdiction,
        kind=step.kind,
        title=step.title or (policy.title if policy else None),
        issuer=step.issuer or (policy.issuer if policy else None),
        nationalities=who,
        action=changed or (policy.action if policy else None),
        last_event=step.event,
        position=step.position,
    )


def _step(told: Said, fact: PolicyFact, old: PolicyStep | None) -> PolicyStep:
    start = edtf.bounds(text) if (text := _starts_text(fact)) else _OPEN
    rule, changed = fact.rule, fact if isinstance(fact, PolicyChanged) else None
    return PolicyStep(
        **columns(told, old),
        policy=fact.policy or told.event,
        type=fact.type,
        action=changed and changed.action,
        recorded_at=told.recorded_at,
        known_on=(instant(fact.known_since) if fact.known_since else told.recorded_at).date(),
        jurisdiction=fact.jurisdiction,
        kind=fact.kind,
        title=fact.title,
        issuer=fact.issuer,
        instrument=fact.instrument,
        announced_on=fact.announced_on,
        announced_lower=edtf.lower(fact.announced_on) or edtf.upper(fact.announced_on),
        effective_basis=changed and changed.effective_basis,
        effective_from=fact.effective_from,
        effective_to=fact.effective_to,
        observed_on=start.lower if isinstance(fact, PolicyObserved) else None,
        # "Some time before June" is only certain to hold from its upper bound on.
        starts=start.lower or start.upper,
        starts_upper=None if start.exact or start.lower is None else start.upper,
        ends=edtf.upper(fact.effective_to),
        nationalities=rule.nationalities if rule else (),
        regime=rule.regime if rule else None,
        category=rule.category if rule else None,
        passport_type=rule.passport_type if rule else None,
        purpose=rule.purpose if rule else None,
        direction=fact.direction,
        severity=fact.severity,
        override_reason=fact.override_reason,
        replaces=fact.replaces,
        replaced_by=old.replaced_by if old else None,
        replaced_at=old.replaced_at if old else None,
        retracted_at=old.retracted_at if old else None,
    )


def _starts_text(fact: PolicyFact) -> str | None:
    if isinstance(fact, PolicyObserved):
        return fact.observed_on
    immediate = isinstance(fact, PolicyChanged) and fact.effective_basis == "immediate"
    return fact.announced_on if immediate else fact.effective_from


VIEW = View(
    name="policies",
    version=2,
    rows=(Policy, PolicyStep),
    events=(PolicyFact, *CORRECTIONS),
    fold=fold,
    wants=wants,
    effort=45,
)
