"""Charts of figures: where marks lie, what is open, and what no longer counts."""

from hypothesis import given
from hypothesis import strategies as st

from tests.projections.folding import event_id
from tests.projections.views.test_statistics import published, statistics
from tracker.console.charts import chart, said


def test_a_figure_is_a_range_around_its_value_and_at_least_has_an_arrow() -> None:
    about, least, exact = statistics(
        published(),
        published(comparator=">=", period="2024"),
        published(comparator="=", period="2025"),
    )
    drawn = chart([about, least, exact], {})
    assert drawn is not None
    first, second, third = drawn.bars
    assert first.low < first.at < first.high
    assert (first.open_high, second.open_high, second.open_low) == (False, True, False)
    assert second.high > max(first.high, third.high)
    assert not third.ranged
    assert [said(f) for f in (about, least, exact)] == [
        "about 50,000", "at least 50,000", "50,000"
    ]  # fmt: skip
    assert [tick.label for tick in drawn.ticks] == ["0", "20,000", "40,000", "60,000"]


def test_older_vintages_are_hollow_and_publishers_have_shapes() -> None:
    old, new = statistics(
        published(publisher="a"), published(publisher="b", value="51000", revises=event_id(1))
    )
    drawn = chart([new, old], {"a": "Infobae", "b": "Ministry"})
    assert drawn is not None
    assert [bar.superseded for bar in drawn.bars] == [True, False]
    assert drawn.legend == (("Infobae", "circle"), ("Ministry", "square"))
    assert drawn.summary == "2023 · Infobae: about 50,000; 2023 · Ministry: about 51,000"


def test_nothing_is_drawn_of_figures_without_numbers() -> None:
    assert chart(statistics(published(value=None, cue="a small dip")), {}) is None


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=6))
def test_every_mark_lies_within_the_picture(values: list[int]) -> None:
    figures = statistics(*(published(value=str(v), period=str(2000 + v % 30)) for v in values))
    drawn = chart(figures, {})
    assert drawn is not None
    for bar in drawn.bars:
        assert 0 <= bar.low <= bar.at <= bar.high <= 100
    assert len(drawn.ticks) <= 8
    assert all(0 <= tick.x <= 100 for tick in drawn.ticks)
