"""Policies: what an analyst may say against what follows from a change, and what one replaces."""

import pytest

from tests.tracker.domain.telling import uid
from tests.tracker.domain.test_fact import change, recorded
from tracker.domain.correction import FactCorrected, Reason
from tracker.domain.errors import NotFound
from tracker.domain.policy import PolicyChanged


def test_direction_and_severity_are_overridden_with_a_reason() -> None:
    fact = change(policy=uid(7), direction="looser", severity=1, override_reason="transit ends too")

    said = recorded(fact, change(policy=uid(7), first_hand="x"))

    assert isinstance(said, PolicyChanged)
    assert (said.direction, said.severity, said.override_reason) == (
        "looser",
        1,
        "transit ends too",
    )


def test_a_correction_is_not_what_a_policy_replaces() -> None:
    corrected = FactCorrected(
        target=uid(9), target_position=9, fact_type="policy-changed", fact={},
        reason=Reason("other", "why"), same_tags=(f"policy:{uid(7)}",),
    )  # fmt: skip

    with pytest.raises(NotFound, match="no policy event"):
        recorded(change(policy=uid(7), replaces=(uid(1002),)), corrected)
