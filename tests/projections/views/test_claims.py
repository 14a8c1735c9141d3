"""What the fold makes of a claim."""

from typing import Any

from projections.views.claims import VIEW, Claim
from tests.projections.folding import cited, event_id, folded
from tracker.domain.claim import ClaimMade, Leg
from tracker.domain.correction import FactCorroborated, FactRetracted, Reason


def claimed(**fields: Any) -> ClaimMade:
    """The route by Istanbul, with other fields."""
    usual: dict[str, Any] = {
        "kind": "route", "text": "They fly by way of Istanbul.", "nationalities": ("CN",),
        "period": "2023", "citations": (cited("Infobae"),),
        "legs": (Leg(from_country="CN", to_country="TR", by="air"), Leg(to_country="EC")),
    }  # fmt: skip
    return ClaimMade(**(usual | fields))


def test_a_route_names_its_countries_and_keeps_its_legs() -> None:
    (row,) = folded(VIEW, [claimed()]).of(Claim)
    assert (row.kind, row.countries, row.claimant) == ("route", ("CN", "TR", "EC"), None)
    assert [leg.by for leg in row.legs] == ["air", None]
    assert str(row.period_to) == "2023-12-31"


def test_a_further_source_adds_its_origin_and_a_retraction_takes_the_claim_away() -> None:
    further = FactCorroborated(target=event_id(1), citations=(cited("Chen", document=901),))
    (row,) = folded(VIEW, [claimed(), further]).of(Claim)
    assert [o.name for o in row.origins] == ["Infobae", "Chen"]
    assert row.documents == (event_id(900), event_id(901))
    gone = FactRetracted(target=event_id(1), target_position=1, reason=Reason("other", "none"))
    assert folded(VIEW, [claimed(), gone]).of(Claim) == []
