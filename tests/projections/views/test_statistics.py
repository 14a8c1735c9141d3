"""What the fold makes of a figure and of its newer vintages."""

from datetime import date
from typing import Any

from projections.views.statistics import VIEW, Statistic
from tests.projections.folding import cited, event_id, folded
from tracker.domain.base import Event
from tracker.domain.statistic import StatisticPublished


def published(**fields: Any) -> StatisticPublished:
    """A figure of entries in 2023 with other fields."""
    usual: dict[str, Any] = {
        "metric": "border-entries", "geography": "EC", "counterpart": "CN", "comparator": "~",
        "value": "50000", "period": "2023", "published_on": "2024-05-20",
        "citations": (cited("Infobae"), cited("Infobae")),
    }  # fmt: skip
    return StatisticPublished(**(usual | fields))


def statistics(*events: Event | None) -> list[Statistic]:
    """The rows after the events."""
    return folded(VIEW, events).of(Statistic)


def test_a_figure_has_bounds_and_a_period_of_whole_days() -> None:
    (row,) = statistics(published())
    assert (row.value, row.lower, row.upper) == ("50000", "45000", "55000")
    assert (row.period_from, row.period_to) == (date(2023, 1, 1), date(2023, 12, 31))
    assert (row.published_on, row.origins) == (date(2024, 5, 20), ("Infobae",))
    assert row.documents == (event_id(900),)


def test_a_figure_without_a_number_keeps_the_words_of_its_source() -> None:
    (row,) = statistics(published(value=None, cue="a small dip"))
    assert (row.value, row.lower, row.upper, row.cue) == (None, None, None, "a small dip")


def test_a_newer_vintage_supersedes_the_old_one_from_its_position_on() -> None:
    old, first, second = statistics(
        published(), published(value="51000", revises=event_id(1)),
        published(value="52000", revises=event_id(1)),
    )  # fmt: skip
    assert (old.value, old.revised_by) == ("50000", 2)
    assert (first.revises, first.revised_by, second.revised_by) == (event_id(1), None, None)


def test_a_vintage_whose_forerunner_was_erased_stands_alone() -> None:
    (row,) = statistics(None, published(revises=event_id(1)))
    assert row.revised_by is None
