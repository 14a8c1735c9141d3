"""What a series of figures claims, by how many origins, and in which vintages."""

from typing import Any

from projections.origins import Origin
from projections.series import series
from projections.views.statistics import VIEW, Statistic
from tests.projections.folding import cited, event_id, folded
from tracker.domain.statistic import StatisticPublished


def entries(*agents: str, **fields: Any) -> StatisticPublished:
    """A figure of entries into Ecuador with a chain of attribution."""
    usual: dict[str, Any] = {
        "metric": "border-entries", "geography": "EC", "counterpart": "CN", "comparator": "~",
        "value": "50000", "period": "2023", "citations": (cited(*agents),),
    }  # fmt: skip
    return StatisticPublished(**(usual | fields))


REPORTS = (
    entries("Breitbart", "Infobae"),
    entries(),
    entries("RFA", "Ministry", value="66000", comparator="=", period="2023-01/2024-06~"),
)


def rows(*figures: StatisticPublished) -> list[Statistic]:
    """The figures as the view has them."""
    return folded(VIEW, figures).of(Statistic)


def test_two_claims_that_are_not_comparable_have_two_origins_and_the_repeated_one_has_one() -> None:
    found = series(rows(*REPORTS))
    year, since = found.claims
    assert (year.value, year.independent, len(year.figures)) == ("50000", 1, 2)
    assert year.origins == (Origin("Infobae", "named"), Origin(None, "unattributed"))
    assert (since.value, since.independent) == ("66000", 1)
    assert found.independent == 2
    assert {d.kind for d in found.disagreements} == {"not-comparable"}


def test_only_the_newest_vintage_claims_and_all_are_kept_in_order() -> None:
    newer = entries("Infobae", value="51000", revises=event_id(1))
    newest = entries("Infobae", value="52000", revises=event_id(2))
    found = series(rows(REPORTS[0], newer, newest))
    assert [c.value for c in found.claims] == ["52000"]
    assert found.vintages == ((event_id(1), event_id(2), event_id(3)),)


def test_figures_with_one_origin_by_an_analyst_neither_disagree_nor_count_twice() -> None:
    both = rows(REPORTS[0], entries("Mercurio", value="66000"))
    assert len(series(both).disagreements) == 1
    joined = series(both, same=[(event_id(2), event_id(1))])
    assert (joined.disagreements, joined.independent) == ((), 1)
