"""Direction and severity follow from before and after by the published table."""

from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from tracker.domain.severity import BY_STEP, LADDER, Weight, weigh
from tracker.domain.values import Regime


@pytest.mark.parametrize(
    ("before", "after", "weight"),
    [
        ("visa-free", "visa-free-suspended", Weight("tighter", 4)),
        ("visa-required", "visa-free", Weight("looser", 4)),
        ("visa-free", "eta", Weight("tighter", 2)),
        ("eta", "entry-ban", Weight("tighter", 5)),
        ("entry-ban", "visa-required", Weight("looser", 5)),
        ("e-visa", "visa-on-arrival", Weight("neutral", 1)),
        ("visa-free", "conditional", Weight("unclear", 2)),
        ("unknown", "visa-required", Weight("unclear", 2)),
    ],
)
def test_a_change_weighs_what_the_table_says(before: str, after: str, weight: Weight) -> None:
    assert weigh(before, after) == weight


def test_a_shorter_stay_is_tighter_and_a_longer_one_looser() -> None:
    assert weigh("visa-free", "visa-free", 90, 30) == Weight("tighter", 1)
    assert weigh("visa-free", "visa-free", 30, 90) == Weight("looser", 1)
    assert weigh("visa-free", "visa-free", None, 90) == Weight("unclear", 1)
    assert weigh("visa-free", "visa-free", 90, 90) == Weight("neutral", 1)


def test_there_and_back_are_of_one_severity_and_opposite_directions() -> None:
    opposite = {"tighter": "looser", "looser": "tighter"}
    for before, after in product(get_args(Regime), repeat=2):
        there, back = weigh(before, after), weigh(after, before)
        assert there.severity == back.severity
        assert back.direction == opposite.get(there.direction, there.direction)


def test_every_regime_is_on_the_ladder_or_cannot_be_placed() -> None:
    assert set(get_args(Regime)) - LADDER.keys() == {"conditional", "unknown"}
    assert max(LADDER.values()) - min(LADDER.values()) in BY_STEP


def test_the_page_shows_the_table_as_it_is() -> None:
    page = Path("docs/severity.md").read_text("utf-8")
    for regime, rung in LADDER.items():
        assert f"| {rung} | `{regime}` |" in page
    for step, severity in BY_STEP.items():
        assert f"| {step} | {severity} |" in page
