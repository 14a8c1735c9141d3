"""The index of subscriptions: it finds exactly what a look at every one of them would find."""

from hypothesis import given
from hypothesis import strategies as st

from projections.alerts.filters import Index, Watch, reach, values_of
from projections.regimes import Cell
from tests.projections.folding import change, recorded
from tracker.domain.subscription import Filter

CODES = ("EC", "CN", "VN", "PE")
NATIONALITIES = (*CODES, "ASEAN", "CAN", "*")


def several(names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), max_size=2, unique=True).map(tuple)


filters = st.builds(
    Filter,
    types=several(("policy-changed", "statement-made")),
    countries=several(CODES),
    destinations=several(CODES),
    nationalities=several(NATIONALITIES),
)


@given(st.lists(filters, max_size=12), st.sampled_from(NATIONALITIES), st.data())
def test_the_index_finds_what_a_look_at_every_subscription_finds(
    wanted: list[Filter], who: str, data: st.DataObject
) -> None:
    watches = [Watch(f"s{i}", "c", f, (), 0) for i, f in enumerate(wanted)]
    index = Index()
    for each in watches:
        index.open(each)
    gone = data.draw(st.sets(st.sampled_from(watches))) if watches else set[Watch]()
    for each in gone:
        index.close(each.subscription)

    event = recorded(1, change("visa-required", "2024-07-01", who))
    values = values_of(event, [Cell("EC", who)])

    found = {w.subscription for w in index.fitting(values)}
    assert found == {w.subscription for w in watches if w not in gone and w.fits(values)}
    assert len(index) == len(watches) - len(gone)


def test_an_event_is_held_against_few_subscriptions() -> None:
    index = Index()
    for i in range(1000):
        nationality = "CN" if i == 0 else "VN"
        wanted = Filter(destinations=("EC",), nationalities=(nationality,))
        index.open(Watch(f"s{i}", "c", wanted, (), 0))
    asked: list[str] = []

    class Counting(Watch, frozen=True):
        """A watch that notes when it is looked at."""

        def fits(self, values: object) -> bool:
            asked.append(self.subscription)
            return True

    index.open(Counting("many", "c", Filter(destinations=("EC",), nationalities=("VN",)), (), 0))
    event = recorded(1, change("visa-required", "2024-07-01", "CN"))

    found = index.fitting(values_of(event, [Cell("EC", "CN")]))

    assert [w.subscription for w in found] == ["s0"]
    assert asked == []


def test_a_rule_reaches_members_groups_and_everybody() -> None:
    assert {"VN", "ASEAN", "*"} <= reach("ASEAN")
    assert "CN" not in reach("ASEAN")
    assert {"VN", "ASEAN", "*"} == reach("VN")
    assert {"VN", "CN", "EU", "*"} <= reach("*")
