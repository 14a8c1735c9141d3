"""Which figures contradict each other, which cannot be compared, and which say nothing."""

from typing import Any

import msgspec
import pytest

from projections.figures import Comparison, compare
from projections.views.statistics import VIEW, Statistic
from tests.projections.folding import cited, event_id, folded
from tracker.domain.statistic import StatisticPublished

INFOBAE = StatisticPublished(
    metric="border-entries",
    geography="EC",
    counterpart="CN",
    comparator="~",
    value="50000",
    period="2023",
    citations=(cited("Breitbart", "Infobae"),),
)


def figure(**fields: Any) -> StatisticPublished:
    """The figure of Infobae with other fields, by default from the ministry."""
    usual: dict[str, Any] = {"citations": (cited("Ministry"),)}
    return msgspec.structs.replace(INFOBAE, **(usual | fields))


def compared(*figures: StatisticPublished) -> Comparison | None:
    """What the first two figures are to each other, either way round."""
    a, b, *_ = folded(VIEW, figures).of(Statistic)
    there, back = compare(a, b), compare(b, a)
    assert (there and there.kind) == (back and back.kind)
    return there


def test_a_figure_for_a_year_and_one_since_last_year_are_not_comparable() -> None:
    found = compared(INFOBAE, figure(value="66000", comparator="=", period="2023-01/2024-06~"))
    periods = ("2023", "2023-01/2024-06~")
    reason = "different periods: 2023 and 2023-01/2024-06~"
    assert found == Comparison("not-comparable", reason, "period", periods)


def test_two_reports_with_one_origin_are_one_figure() -> None:
    assert compared(INFOBAE, figure(citations=(cited("Rio Times", "infobae"),))) is None


def test_disjoint_bounds_for_one_period_contradict() -> None:
    found = compared(INFOBAE, figure(value="66000"))
    sides, reason = ("~50000", "~66000"), "about 50,000 and about 66,000 for 2023"
    assert found == Comparison("contradicts", reason, "figure", sides)


@pytest.mark.parametrize(
    "fields",
    [
        {"value": "54000"},
        {"value": "40000", "comparator": ">"},
        {"comparator": "range", "value": None, "lower": "40000", "upper": "46000"},
    ],
)
def test_bounds_that_meet_do_not_contradict(fields: dict[str, Any]) -> None:
    assert compared(INFOBAE, figure(**fields)) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"period": "2022"},
        {"period": None},
        {"geography": "PA"},
        {"counterpart": None},
        {"metric": "border-exits"},
    ],
)
def test_figures_of_other_series_say_nothing_about_each_other(fields: dict[str, Any]) -> None:
    assert compared(INFOBAE, figure(value="66000", **fields)) is None


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("basis", "calendar", "fiscal:US"),
        ("unit", "entries", "persons"),
        ("population_term", "Chinese migrants", "Chinese citizens"),
    ],
)
def test_another_definition_makes_figures_not_comparable(field: str, one: str, other: str) -> None:
    found = compared(figure(**{field: one}), figure(**{field: other}, citations=(cited("UN"),)))
    assert found is not None
    assert found.kind == "not-comparable"
    assert one in found.reason
    assert other in found.reason


def test_a_superseded_vintage_is_no_longer_compared() -> None:
    corrected = figure(value="51000", citations=(cited("Infobae"),), revises=event_id(1))
    assert compared(INFOBAE, figure(value="66000"), corrected) is None


def test_counts_that_no_metric_fits_are_not_taken_for_the_same() -> None:
    assert compared(figure(metric="other"), figure(metric="other", value="1")) is None
