"""Under which names a party is known."""

from projections.views.parties import VIEW, Party
from tests.projections.folding import event_id, folded
from tracker.domain.party import PartyNamed

CLAN = event_id(80)


def test_the_latest_first_name_is_shown_and_earlier_names_stay_as_aliases() -> None:
    (row,) = folded(
        VIEW,
        [
            PartyNamed(party=CLAN, kind="group", names=("Gulf Clan",), country="CO"),
            PartyNamed(party=CLAN, kind="group", names=("Clan del Golfo", "AGC")),
        ],
    ).of(Party)
    assert (row.name, row.country, row.kind) == ("Clan del Golfo", "CO", "group")
    assert row.names == ("Clan del Golfo", "AGC", "Gulf Clan")


def test_every_party_has_a_row_of_its_own() -> None:
    names = [PartyNamed(party=event_id(i), kind="person", names=(f"P{i}",)) for i in (1, 2)]
    assert [r.party for r in folded(VIEW, [*names, None]).of(Party)] == [event_id(1), event_id(2)]
