"""Entry rules: every fact about who may enter where, one row a version and a nationality.

The rows say what each fact states, when it was known, and how long the log held it so; which of
them decides on a day is read off them by `projections.regimes`.
"""

from collections.abc import Iterable

from projections.entry_facts import EntryFact, EntryLink, stated, turn
from projections.rectangles import PastRuleSpan, RuleSpan, continued, last_of, rectangles
from projections.versions import versions
from projections.view import Change, Lookup, State, View
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.ids import id_text
from tracker.domain.policy import PolicyChanged, PolicyObserved, PolicyRejected

__all__ = ["VIEW", "EntryFact", "EntryLink", "PastRuleSpan", "RuleSpan"]


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The last span of each key, the versions of what the event bears on, and what else does."""
    match recorded.event:
        case PolicyChanged() | PolicyObserved() | PolicyRejected() as event:
            for target in event.replaces:
                yield Lookup(EntryFact, "event", target)
            if event.rule and not isinstance(event, PolicyRejected):
                yield from (Lookup(RuleSpan, RuleSpan.key, last) for last in last_of(event))
        case FactCorrected() | FactRetracted() | FactCorroborated() as event:
            yield Lookup(EntryFact, "event", event.target)
            yield Lookup(EntryLink, "target", event.target)
            yield Lookup(EntryLink, "by", event.target)
        case _:
            return


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The versions that the event opens and ends, and the rectangles that differ by them."""
    event = recorded.event
    if isinstance(event, (PolicyChanged, PolicyObserved)) and not event.replaces:
        return _new(state, recorded, event)
    changes = versions(state, recorded)
    rows = [change for change in changes if isinstance(change, EntryFact)]
    if rows:
        changes += rectangles(state, rows, recorded.position)
    return changes


def _new(
    state: State, recorded: Recorded, event: PolicyChanged | PolicyObserved
) -> Iterable[Change]:
    """Most events by far: a fact that bears on no other, which opens a version for each name."""
    here = turn(recorded, event.known_since)
    facts = stated(id_text(recorded.id), recorded.position, event, here)
    return [*facts, *continued(state, facts, recorded.position)]


VIEW = View(
    name="entry_rules",
    version=6,
    rows=(EntryFact, EntryLink, RuleSpan, PastRuleSpan),
    events=(
        PolicyChanged,
        PolicyObserved,
        PolicyRejected,
        FactCorrected,
        FactRetracted,
        FactCorroborated,
    ),
    fold=fold,
    wants=wants,
    effort=38,
)
