"""What the fold makes of a policy and its steps, and where the policy stands on a day."""

from datetime import date
from typing import Any

import msgspec
import pytest

from projections.rows import Rows
from projections.standing import status
from projections.views.policies import VIEW, Policy, PolicyStep
from tests.projections.folding import change, cited, event_id, folded, observation, rejection
from tracker.domain.base import Event
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted, Reason
from tracker.domain.policy import PolicyChanged, PolicyProposed

WRONG = Reason("transcription", "misread")
FREE = change("visa-free", "2016-08-01", action="introduced", title="Visa-free entry")
SUSPENDED = change(
    "visa-free-suspended", "2024-07-01", action="suspended", announced_on="2024-06-18",
    issuer="Ministry",
)  # fmt: skip


def wall(**fields: Any) -> PolicyChanged:
    """A policy that is no entry rule."""
    usual: dict[str, Any] = {
        "jurisdiction": "PA", "kind": "enforcement", "title": "Wall", "policy": event_id(9),
        "action": "introduced", "effective_basis": "unknown", "announced_on": "2024-05-05",
    }  # fmt: skip
    return PolicyChanged(**(usual | fields))


def proposal(**fields: Any) -> PolicyProposed:
    """A proposal of the same policy."""
    return PolicyProposed(jurisdiction="PA", kind="other", policy=event_id(9), **fields)


def retracted(position: int) -> FactRetracted:
    """The retraction of the step at a position."""
    return FactRetracted(target=event_id(position), target_position=position, reason=WRONG)


def corrected(position: int, fact: Any) -> FactCorrected:
    """The correction of the step at a position."""
    return FactCorrected(
        target=event_id(position), target_position=position, fact_type=fact.type,
        fact=msgspec.to_builtins(fact), reason=WRONG,
    )  # fmt: skip


def standing(day: str, *events: Event | None) -> str:
    """The status of the one policy of the events on a day."""
    return status(folded(VIEW, events).of(PolicyStep), date.fromisoformat(day))


def policy(rows: Rows) -> Policy:
    """The one policy of the rows."""
    (found,) = rows.of(Policy)
    return found


def test_a_policy_keeps_its_last_name_and_action_and_all_whom_it_concerns() -> None:
    rows = folded(VIEW, [FREE, SUSPENDED, observation("visa-free", "2024-05-20", "EU")])
    found = policy(rows)
    assert (found.title, found.issuer, found.action) == ("Visa-free entry", "Ministry", "suspended")
    assert (found.jurisdiction, found.kind) == ("EC", "entry")
    assert (found.nationalities, found.last_event) == (("CN", "EU"), event_id(3))
    assert [s.action for s in rows.of(PolicyStep)] == ["introduced", "suspended", None]


def test_a_policy_that_is_no_entry_rule_has_a_row_too() -> None:
    rows = folded(VIEW, [wall()])
    assert (policy(rows).kind, policy(rows).nationalities) == ("enforcement", ())
    (step,) = rows.of(PolicyStep)
    assert (step.starts, step.announced_lower, step.regime) == (None, date(2024, 5, 5), None)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2010-01-01", "unknown"),
        ("2024-06-30", "in force"),
        ("2024-07-01", "suspended"),
        ("2030-01-01", "suspended"),
    ],
)
def test_what_covers_a_day_decides_and_nothing_says_repealed_or_banned(
    day: str, expected: str
) -> None:
    assert standing(day, FREE, SUSPENDED) == expected


def test_what_is_known_but_not_yet_effective_is_announced() -> None:
    assert standing("2024-06-18", SUSPENDED) == "announced"
    assert standing("2024-06-17", SUSPENDED) == "unknown"
    assert standing("2024-05-05", wall()) == "announced"


def test_a_suspension_that_runs_out_leaves_what_held_before() -> None:
    summer = change("visa-free-suspended", "2024-07-01", action="suspended", effective_to="2024-08")
    assert standing("2024-08-31", FREE, summer) == "suspended"
    assert standing("2024-09-01", FREE, summer) == "in force"
    assert standing("2024-09-01", summer) == "ended"


@pytest.mark.parametrize("action", ["withdrawn", "repealed"])
def test_only_an_event_ends_a_policy_for_good(action: Any) -> None:
    assert (
        standing("2024-07-01", FREE, change("visa-required", "2024-07-01", action=action)) == action
    )


def test_what_was_only_observed_is_in_force_from_that_day() -> None:
    assert standing("2024-05-19", observation("visa-free", "2024-05-20")) == "unknown"
    assert standing("2024-05-20", observation("visa-free", "2024-05-20")) == "in force"


def test_a_proposal_is_proposed_until_it_is_rejected_or_adopted() -> None:
    made = proposal(announced_on="2024-05-05")
    assert standing("2024-05-05", made) == "proposed"
    assert standing("2024-05-05", made, rejection(1)) == "rejected"
    adopted = wall(effective_from="2024-06-01", effective_basis="stated", replaces=(event_id(1),))
    assert standing("2024-07-01", made, adopted) == "in force"
    assert standing("2024-07-01", made, rejection(1), retracted(2)) == "proposed"


def test_a_rule_for_some_people_does_not_suspend_the_policy() -> None:
    officials = change(
        "visa-required", "2024-01-01", action="suspended", limits={"category": "officials"}
    )
    assert standing("2024-02-01", FREE, officials) == "in force"


def test_a_replaced_step_stays_marked_and_no_longer_counts() -> None:
    postponed = change(
        "visa-free-suspended", "2024-09-01", action="postponed", replaces=(event_id(2),)
    )
    log = (FREE, SUSPENDED, postponed)
    step = folded(VIEW, log).of(PolicyStep)[1]
    assert (step.replaced_by, step.replaced_at, step.counts) == (event_id(3), 3, False)
    assert standing("2024-08-01", *log) == "in force"
    assert standing("2024-08-01", *log, retracted(3)) == "suspended"


def test_an_observation_replaces_no_change() -> None:
    rows = folded(VIEW, [FREE, observation("e-visa", "2024-05-20", replaces=(event_id(1),))])
    assert rows.of(PolicyStep)[0].replaced_by is None


def test_a_retracted_step_stays_marked_and_the_policy_is_as_the_others_make_it() -> None:
    rows = folded(VIEW, [FREE, SUSPENDED, retracted(2)])
    assert (policy(rows).action, policy(rows).issuer) == ("introduced", None)
    assert rows.of(PolicyStep)[1].retracted_at == 3
    alone = folded(VIEW, [FREE, retracted(1)])
    assert (alone.of(Policy), len(alone.of(PolicyStep))) == ([], 1)


def test_a_corrected_step_keeps_its_place() -> None:
    moved = change("visa-free-suspended", "2024-08-01", action="suspended", issuer="President")
    rows = folded(VIEW, [FREE, SUSPENDED, corrected(2, moved)])
    step = rows.of(PolicyStep)[1]
    assert (step.position, step.corrected_at, step.starts) == (2, 3, date(2024, 8, 1))
    assert policy(rows).issuer == "President"


def test_a_further_source_is_added_and_taken_back() -> None:
    borne_out = FactCorroborated(target=event_id(1), citations=(cited("AP", document=901),))
    (step,) = folded(VIEW, [FREE, borne_out]).of(PolicyStep)
    assert ([o.name for o in step.origins], step.documents) == (["AP"], (event_id(901),))
    taken_back = msgspec.structs.replace(retracted(2), source_of=event_id(1))
    (step,) = folded(VIEW, [FREE, borne_out, taken_back]).of(PolicyStep)
    assert (step.origins, step.documents, step.counts) == ((), (), True)


def test_a_step_that_two_others_replace_stays_replaced_until_both_are_taken_back() -> None:
    first = change("eta", "2024-08-01", action="amended", replaces=(event_id(1),))
    second = change("e-visa", "2024-09-01", action="amended", replaces=(event_id(1),))
    made = [SUSPENDED, first, second, retracted(2)]
    steps = {s.event: s for s in folded(VIEW, made).of(PolicyStep)}
    assert (steps[event_id(1)].replaced_by, steps[event_id(1)].replaced_at) == (event_id(3), 3)
    again = {s.event: s for s in folded(VIEW, [*made, retracted(3)]).of(PolicyStep)}
    assert again[event_id(1)].counts
