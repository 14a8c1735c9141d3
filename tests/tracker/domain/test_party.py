"""Parties merged into one another: every name and id leads to the one that stands."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.domain.telling import decided, uid
from tracker.domain.base import Event
from tracker.domain.errors import NotFound, Refused
from tracker.domain.fact import RecordFact
from tracker.domain.party import MergeParties, NameParty, PartyMerged, PartyNamed
from tracker.domain.statement import StatementMade

A, B, C = uid(0xA), uid(0xB), uid(0xC)
CLAN = PartyNamed(party=A, kind="group", names=("Gulf Clan",))
SPANISH = PartyNamed(party=B, kind="group", names=("Clan del Golfo",))
SHORT = PartyNamed(party=C, kind="group", names=("AGC",))


def merged(party: str, into: str) -> PartyMerged:
    return PartyMerged(party=party, into=into, reason="the same")


ONE = (CLAN, SPANISH, SHORT, merged(C, B), merged(B, A))


def speaker(named: str, *events: Any) -> str:
    said = StatementMade(speaker=named, text="x", verbatim="paraphrase", first_hand="heard")
    last = decided(RecordFact(fact=said), *events)[-1]
    assert isinstance(last, StatementMade)
    return last.speaker


@pytest.mark.parametrize("named", [A, B, C, "gulf clan", "Clan del Golfo", "AGC"])
def test_a_fact_names_who_stands_for_a_party_over_every_merge(named: str) -> None:
    assert speaker(named, *ONE) == A


def test_a_name_given_to_two_parties_is_the_first_ones_until_they_are_one() -> None:
    twice = PartyNamed(party=B, kind="group", names=("Gulf Clan", "Golfo"))

    assert speaker("Gulf Clan", CLAN, twice) == A
    assert speaker("Golfo", CLAN, twice) == B
    assert speaker("Golfo", CLAN, twice, merged(B, A)) == A


def test_two_parties_become_one_by_their_ids_or_names() -> None:
    merge = MergeParties(party="clan  del golfo", into=A, reason=" in Spanish ")

    [event] = decided(merge, CLAN, SPANISH)

    assert event == PartyMerged(party=B, into=A, reason="in Spanish")


@pytest.mark.parametrize(
    ("merge", "field", "reason"),
    [
        (MergeParties(party=A, into=A, reason="r"), "into", "is the same party"),
        (MergeParties(party="AGC", into=A, reason="r"), "into", "is the same party"),
        (MergeParties(party=B, into=A, reason="r"), "party", f"was merged into {A}"),
        (MergeParties(party=A, into=C, reason="r"), "into", f"was merged into {A}"),
        (MergeParties(party=A, into=B, reason=""), "reason", "say why"),
    ],
)
def test_parties_are_not_merged_with_themselves_twice_or_in_a_circle(
    merge: MergeParties, field: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        decided(merge, *ONE)

    assert refused.value.field == field


@pytest.mark.parametrize(("party", "into", "field"), [(A, uid(9), "into"), ("nobody", A, "party")])
def test_both_parties_of_a_merge_are_known(party: str, into: str, field: str) -> None:
    with pytest.raises(NotFound) as missing:
        decided(MergeParties(party=party, into=into, reason="r"), CLAN)

    assert missing.value.field == field


def test_a_known_party_gets_aliases_and_ids_elsewhere_under_the_id_that_stands() -> None:
    naming = NameParty(
        kind="group", names=("Urabeños", "AGC"), party=B, external_ids={"wikidata": "Q1"}
    )

    [named] = decided(naming, *ONE)

    assert named == PartyNamed(
        party=A, kind="group", names=("Urabeños", "AGC"), external_ids={"wikidata": "Q1"}
    )


def test_the_names_of_a_party_merged_away_are_not_free() -> None:
    with pytest.raises(Refused, match=f"'AGC' is already party {A}"):
        decided(NameParty(kind="group", names=("AGC",)), *ONE)


PARTIES = [PartyNamed(party=uid(n), kind="group", names=(f"Group {n}",)) for n in range(1, 7)]
PAIRS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=12)


@given(PAIRS, st.booleans())
def test_whatever_is_merged_every_name_leads_to_one_that_stands(
    pairs: list[tuple[int, int]], by_name: bool
) -> None:
    log: list[Event] = [*PARTIES]
    named = "Group {}".format if by_name else uid
    for party, into in pairs:
        try:
            log += decided(MergeParties(party=named(party), into=named(into), reason="r"), *log)
        except Refused:
            continue

    given_up = {event.party for event in log if isinstance(event, PartyMerged)}
    standing = {speaker(f"Group {n}", *log) for n in range(1, 7)}
    assert not standing & given_up
    assert len(standing) + len(given_up) == len(PARTIES)
