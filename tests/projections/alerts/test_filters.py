"""The index of subscriptions: it finds exactly what a look at every one of them would find."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.alerts.filters import Watch, reach, values_of
from projections.alerts.index import Index
from projections.regimes import Cell
from tests.projections.folding import change, cited, recorded
from tracker.domain.base import Event
from tracker.domain.errors import Refused
from tracker.domain.filter import Filter
from tracker.domain.incident import IncidentReported, Place
from tracker.domain.subscription import Option, SubscriptionChanged, SubscriptionOpened

CODES = ("EC", "CN", "VN", "PE")
NATIONALITIES = (*CODES, "ASEAN", "CAN", "*")


def several(names: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(names), max_size=2, unique=True).map(tuple)


filters = st.builds(
    Filter,
    types=several(("policy-changed", "statement-made")),
    countries=several(CODES),
    destinations=several(CODES),
    nationalities=several(NATIONALITIES),
    entry_rules=several(("EC|CN", "EC|*", "PE|CN")),
    corridors=several((("CN", "EC"), ("PE", "EC"))),
)


@given(st.lists(filters, max_size=12), st.sampled_from(NATIONALITIES), st.data())
def test_the_index_finds_what_a_look_at_every_subscription_finds(
    wanted: list[Filter], who: str, data: st.DataObject
) -> None:
    kinds: list[tuple[Option, ...]] = [(), ("at-once",), ("include-past",)]
    asked = [(limits, options) for limits in wanted for options in kinds]
    watches = [Watch(f"s{i}", "c", *one, 0) for i, one in enumerate(asked)]
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


def opened(wanted: Filter) -> SubscriptionOpened:
    return SubscriptionOpened(subscription="s", owner="o", channel="c", filter=wanted)


def changed(wanted: Filter) -> SubscriptionChanged:
    return SubscriptionChanged(subscription="s", channel="c", filter=wanted)


def fits(wanted: Filter, event: Event) -> bool:
    """Whether an event that touches no entry rule is within a filter, found by the index."""
    index = Index()
    index.open(Watch("s", "c", wanted, (), 0))
    return bool(index.fitting(values_of(recorded(1, event), [])))


def incident(**more: Any) -> IncidentReported:
    fields = {"incident_type": "robbery", "place": Place(country="EC"), "nationalities": ("CN",)}
    return IncidentReported(**{**fields, **more})  # pyright: ignore[reportArgumentType]  as given


TYPES = ("incident-reported",)


@pytest.mark.parametrize(
    ("limits", "others"),
    [
        ({"incident_types": ("robbery",)}, {"incident_type": "protest"}),
        ({"corridors": (("CN", "EC", "PA"),)}, {"nationalities": ("VN",)}),
        ({"min_credibility": 3}, {"credibility": 4}),
        ({"min_credibility": 3}, {"credibility": None}),
        ({"min_origins": 2}, {"citations": (cited("A"),)}),
        ({"words": ("darien gap", "unicorn")}, {"title": "Robbed in Quito"}),
    ],
)
def test_every_limit_keeps_out_what_is_beyond_it(limits: Any, others: Any) -> None:
    within = incident(
        credibility=2, citations=(cited("A"), cited("B")), title="Robbed in the Darién gap"
    )
    wanted = Filter(types=TYPES, **limits)
    assert fits(wanted, within)
    assert not fits(wanted, msgspec.structs.replace(within, **others))


def test_a_key_is_one_destination_with_one_nationality() -> None:
    wanted = Filter(entry_rules=("EC|CN",)).normal()
    index = Index()
    index.open(Watch("s", "c", wanted, (), 0))
    for where, who, heard in (("EC", "CN", True), ("EC", "*", True), ("EC", "VN", False)):
        event = recorded(1, change("visa-required", "2024-07-01", who))
        assert bool(index.fitting(values_of(event, [Cell(where, who)]))) == heard


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Filter(entry_rules=("EC",)), "filter.entry_rules[0]"),
        (Filter(entry_rules=("EC|Nowhere",)), "filter.entry_rules[0]"),
        (Filter(corridors=(("EC",),)), "filter.corridors[0]"),
        (Filter(words=("…",)), "filter.words[0]"),
        (Filter(min_origins=0), "filter.min_origins"),
    ],
)
def test_a_limit_that_cannot_be_is_refused_with_its_field(wanted: Filter, field: str) -> None:
    with pytest.raises(Refused) as refused:
        wanted.normal()
    assert refused.value.field == field


def test_a_subscription_that_changes_is_found_by_what_it_watches_now() -> None:
    index = Index()
    index.follow(opened(Filter(destinations=("EC",))), 1)
    index.follow(changed(Filter(destinations=("PE",))), 2)
    event = recorded(3, change("visa-required", "2024-07-01"))
    assert index.fitting(values_of(event, [Cell("EC", "CN")])) == []
    (found,) = index.fitting(values_of(event, [Cell("PE", "CN")]))
    assert found.opened_position == 1
    index.close("s")
    assert len(index) == 0
