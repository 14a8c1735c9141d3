"""What the fold makes of a figure and of its newer vintages."""

from datetime import date
from typing import Any

import msgspec

from projections.origins import Origin
from projections.views.statistics import VIEW, Statistic
from tests.projections.folding import cited, event_id, folded
from tracker.domain.base import Event
from tracker.domain.correction import FactCorrected, FactRetracted, Reason
from tracker.domain.statistic import StatisticPublished

WRONG = Reason("transcription", "misread")


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
    assert (row.published_on, row.origins) == (
        date(2024, 5, 20),
        (Origin("Infobae", "named"),),
    )
    assert row.documents == (event_id(900),)


def test_a_figure_without_a_number_keeps_the_words_of_its_source() -> None:
    (row,) = statistics(published(value=None, cue="a small dip"))
    assert (row.value, row.lower, row.upper, row.cue) == (None, None, None, "a small dip")


def vintages(*events: Event | None) -> list[int | None]:
    """Which position supersedes each figure."""
    return [s.revised_by for s in statistics(*events)]


def retracted(position: int) -> FactRetracted:
    """The retraction of the figure at a position."""
    return FactRetracted(target=event_id(position), target_position=position, reason=WRONG)


def corrected(position: int, figure: StatisticPublished) -> FactCorrected:
    """The correction of the figure at a position."""
    return FactCorrected(
        target=event_id(position), target_position=position, fact_type=figure.type,
        fact=msgspec.to_builtins(figure), reason=WRONG,
    )  # fmt: skip


CHAIN = (
    published(),
    published(value="51000", revises=event_id(1)),
    published(value="52000", revises=event_id(2)),
)


def test_a_newer_vintage_supersedes_the_old_one_from_its_position_on() -> None:
    assert vintages(*CHAIN) == [2, 3, None]
    again = published(value="53000", revises=event_id(1))
    assert vintages(CHAIN[0], CHAIN[1], again) == [2, None, None]


def test_a_retracted_vintage_stays_on_record_and_what_it_revised_counts_again() -> None:
    assert vintages(*CHAIN, retracted(3)) == [2, None, None]
    assert [s.retracted_at for s in statistics(*CHAIN, retracted(3))] == [None, None, 4]
    assert vintages(*CHAIN, retracted(2)) == [3, 3, None]
    assert vintages(*CHAIN, retracted(2), retracted(3)) == [None, None, None]


def test_a_corrected_figure_may_revise_another_or_none() -> None:
    assert vintages(*CHAIN, corrected(3, published(value="52000"))) == [2, None, None]
    (first, *_) = statistics(*CHAIN, corrected(1, published(value="49000")))
    assert (first.value, first.lower, first.revised_by, first.corrected_at) == (
        "49000", "48500", 2, 4,
    )  # fmt: skip


def test_figures_that_revise_each_other_in_a_circle_end_nowhere() -> None:
    circle = corrected(1, published(revises=event_id(2)))
    assert vintages(CHAIN[0], CHAIN[1], circle) == [2, 1]


def test_a_vintage_whose_forerunner_was_erased_stands_alone() -> None:
    (row,) = statistics(None, published(revises=event_id(1)))
    assert row.revised_by is None
