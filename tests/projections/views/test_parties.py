"""Under which names a party is known, and what two parties become that were one."""

from typing import Any

from projections.views.parties import VIEW, Party, PartyGivenUp
from tests.projections.folding import event_id, folded
from tracker.domain.base import Event
from tracker.domain.party import PartyMerged, PartyNamed

CLAN, CARTEL, THIRD = event_id(80), event_id(81), event_id(82)


def named(party: str, *names: str, **more: Any) -> PartyNamed:
    """A group with these names."""
    return PartyNamed(party=party, kind="group", names=names, **more)


def merged(party: str, into: str) -> PartyMerged:
    """That one party is another."""
    return PartyMerged(party=party, into=into, reason="one group")


def parties(*events: Event | None) -> list[Party]:
    """The parties after the events."""
    return folded(VIEW, events).of(Party)


def test_the_latest_first_name_is_shown_and_earlier_names_stay_as_aliases() -> None:
    (row,) = parties(named(CLAN, "Gulf Clan", country="CO"), named(CLAN, "Clan del Golfo", "AGC"))
    assert (row.name, row.country, row.kind) == ("Clan del Golfo", "CO", "group")
    assert row.names == ("Clan del Golfo", "AGC", "Gulf Clan")


def test_every_party_has_a_row_of_its_own() -> None:
    names = [PartyNamed(party=event_id(i), kind="person", names=(f"P{i}",)) for i in (1, 2)]
    assert [r.party for r in parties(*names, None)] == [event_id(1), event_id(2)]


def test_names_are_matched_without_case_and_accents() -> None:
    (row,) = parties(named(CLAN, "Frank  ÁBREGO", "Frank Abrego"))
    assert row.keys == ("frank abrego",)


def test_merged_parties_are_one_with_all_names_under_the_id_that_stays() -> None:
    rows = folded(
        VIEW,
        [
            named(CLAN, "Gulf Clan", external_ids={"wikidata": "Q1"}),
            named(CARTEL, "Clan del Golfo", country="CO", external_ids={"ftm": "x"}),
            merged(CARTEL, CLAN),
        ],
    )
    (row,) = rows.of(Party)
    assert (row.party, row.name, row.country) == (CLAN, "Gulf Clan", "CO")
    assert (row.names, row.merged) == (("Gulf Clan", "Clan del Golfo"), (CARTEL,))
    assert row.external_ids == {"wikidata": "Q1", "ftm": "x"}
    assert [(g.party, g.into) for g in rows.of(PartyGivenUp)] == [(CARTEL, CLAN)]


def test_what_is_named_later_under_the_id_given_up_is_an_alias_of_the_survivor() -> None:
    (row,) = parties(
        named(CLAN, "Gulf Clan"), named(CARTEL, "Clan del Golfo"), merged(CARTEL, CLAN),
        named(CARTEL, "AGC"),
    )  # fmt: skip
    assert (row.party, row.name) == (CLAN, "Gulf Clan")
    assert row.names == ("Gulf Clan", "Clan del Golfo", "AGC")


def test_an_id_given_up_leads_to_the_last_survivor_and_never_in_a_circle() -> None:
    rows = folded(
        VIEW,
        [
            named(CLAN, "A"), named(CARTEL, "B"), named(THIRD, "C"),
            merged(CLAN, CARTEL), merged(CARTEL, THIRD), merged(THIRD, CLAN),
        ],
    )  # fmt: skip
    (row,) = rows.of(Party)
    assert (row.party, row.names, row.merged) == (THIRD, ("C", "B", "A"), (CLAN, CARTEL))
    assert {g.party: g.into for g in rows.of(PartyGivenUp)} == {CLAN: THIRD, CARTEL: THIRD}


def test_where_the_names_of_the_survivor_were_erased_those_of_the_other_are_left() -> None:
    (row,) = parties(None, named(CARTEL, "Clan del Golfo"), merged(CARTEL, CLAN))
    assert (row.party, row.names, row.merged) == (CLAN, ("Clan del Golfo",), (CARTEL,))
    assert parties(merged(CARTEL, CLAN)) == []
