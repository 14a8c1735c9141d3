"""Policies of all kinds: what each is, and step by step what was done about it.

A correction gives a step its new content at its old place. A step that was retracted, or replaced
by a later one, keeps its row and is marked; where the policy stands on a day follows from the rest
(`projections.standing`), as a fold knows no today.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

import msgspec

from projections.overlay import Overlay
from projections.policy_steps import PolicyStep, step_of
from projections.said import Said, said
from projections.sources import CORRECTIONS, backed, still_backed, unbacked
from projections.view import Change, Lookup, Row, State, View
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.policy import PolicyFact, PolicyObserved

__all__ = ["VIEW", "Policy", "PolicyStep"]


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
        new = step_of(told, event)
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
    new = step_of(told, fact)
    if old:
        new = msgspec.structs.replace(
            still_backed(new, old),
            replaced_by=old.replaced_by,
            replaced_at=old.replaced_at,
            retracted_at=old.retracted_at,
        )
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
    if who != step.nationalities:
        who = tuple(dict.fromkeys(who + step.nationalities))
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


VIEW = View(
    name="policies",
    version=2,
    rows=(Policy, PolicyStep),
    events=(PolicyFact, *CORRECTIONS),
    fold=fold,
    wants=wants,
    effort=43,
)
