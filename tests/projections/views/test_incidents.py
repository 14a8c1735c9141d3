"""What the mentions of an incident make of it together."""

from typing import Any

import msgspec

from projections.accounts import Tally, status
from projections.origins import independent
from projections.rows import Rows
from projections.views.incidents import VIEW, Incident, IncidentGivenUp, IncidentMention
from tests.projections.folding import cited, event_id, folded
from tracker.domain.base import Event
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted, Reason
from tracker.domain.incident import (
    Count,
    IncidentDisputed,
    IncidentMerged,
    IncidentReported,
    IncidentUpdated,
    Place,
)
from tracker.domain.relation import RelationResolved

CLAN, RAID, OTHER = event_id(80), event_id(50), event_id(51)
WRONG = Reason("source-corrected", "recounted")


def report(*agents: str, **fields: Any) -> IncidentReported:
    """A report that the clan takes tolls, with other fields."""
    usual: dict[str, Any] = {
        "incident": RAID, "incident_type": "extortion", "actors": (CLAN,), "pattern": True,
        "place": Place(name="Darién Gap", country="CO"), "citations": (cited(*agents),),
    }  # fmt: skip
    return IncidentReported(**(usual | fields))


def update(**fields: Any) -> IncidentUpdated:
    """A later word on it."""
    usual: dict[str, Any] = {"incident": RAID, "citations": (cited("Police"),)}
    return IncidentUpdated(**(usual | fields))


def incident(*events: Event | None) -> Incident:
    """The one incident after the events."""
    (found,) = folded(VIEW, events).of(Incident)
    return found


def counts(rows: Rows) -> list[int]:
    """How many mentions each incident has."""
    return [i.mentions for i in rows.of(Incident)]


def retracted(position: int) -> FactRetracted:
    """The retraction of the mention at a position."""
    return FactRetracted(target=event_id(position), target_position=position, reason=WRONG)


def test_what_nobody_counted_is_unknown_and_a_stated_zero_is_not() -> None:
    assert incident(report()).killed is None
    assert incident(report(killed=Count())).killed is None
    assert incident(report(killed=Count(best=0))).killed == Tally(0, 0, 0, event_id(1), None)


def test_counts_span_what_all_mentions_say_and_are_never_averaged() -> None:
    found = incident(
        report(killed=Count(low=2, best=3, high=5), reliability="B"),
        update(killed=Count(best=9), reliability="D"),
        update(killed=Count(low=1)),
    )
    assert found.killed == Tally(1, 3, 9, event_id(1), "B")
    latest = incident(report(killed=Count(best=3)), update(killed=Count(best=4)))
    assert latest.killed == Tally(3, 4, 4, event_id(2), None)


def test_an_end_that_nobody_states_stays_open() -> None:
    assert incident(report(injured=Count(low=10))).injured == Tally(low=10)
    assert incident(report(injured=Count(high=10))).injured == Tally(high=10)


def test_an_update_says_more_and_what_it_leaves_out_stays() -> None:
    found = incident(report(), update(title="Tolls in the Darién", nationalities=("CN",)))
    assert (found.title, found.incident_type, found.pattern) == (
        "Tolls in the Darién", "extortion", True,
    )  # fmt: skip
    assert (found.countries, found.nationalities, found.mentions) == (("CO", "CN"), ("CN",), 2)
    assert (found.first_position, found.position) == (1, 2)


def test_a_second_origin_corroborates_and_an_unattributed_report_does_not() -> None:
    def stands(*events: Event) -> str:
        found = incident(*events)
        return status(found, len(independent({found.incident: found.origins})))

    assert stands(report("Infobae"), report()) == "reported"
    assert stands(report("Infobae"), report("Rio Times", "INFOBAÉ")) == "reported"
    assert stands(report("Infobae"), report("InSight Crime")) == "corroborated"
    further = FactCorroborated(target=event_id(1), citations=(cited("InSight Crime"),))
    assert stands(report("Infobae"), further) == "corroborated"
    taken_back = FactRetracted(
        target=event_id(2), target_position=2, reason=WRONG, source_of=event_id(1)
    )
    assert stands(report("Infobae"), further, taken_back) == "reported"


def test_a_dispute_stands_until_its_author_or_an_analyst_says_otherwise() -> None:
    denial = IncidentDisputed(incident=RAID, text="There is none.", citations=(cited("Police"),))
    assert incident(report(), denial).disputed
    assert incident(report(), denial, update(citations=(cited("Press"),))).disputed
    assert not incident(report(), denial, update()).disputed
    assert not incident(report(), denial, retracted(2)).disputed
    resolved = RelationResolved(a=event_id(2), b=RAID, kind="contradicts", reason="a slip")
    assert not incident(report(), denial, resolved).disputed


def test_a_denial_bears_nothing_out() -> None:
    denial = IncidentDisputed(incident=RAID, text="None.", citations=(cited("Police"),))
    found = incident(report("Infobae"), denial)
    assert [o.name for o in found.origins] == ["Infobae"]


def test_a_corrected_or_retracted_mention_makes_the_incident_anew() -> None:
    right = report("Infobae", killed=Count(best=2))
    correction = FactCorrected(
        target=event_id(1), target_position=1, fact_type=right.type,
        fact=msgspec.to_builtins(right), reason=WRONG,
    )  # fmt: skip
    log = (report("Infobae", killed=Count(best=20)), update(injured=Count(best=1)), correction)
    found = incident(*log)
    assert found.killed == Tally(2, 2, 2, event_id(1), None)
    assert found.injured == Tally(1, 1, 1, event_id(2), None)
    assert incident(*log[:2], retracted(2)).injured is None
    assert folded(VIEW, [report(), retracted(1)]).of(Incident) == []


def test_merged_incidents_are_one_under_the_id_that_stays_whatever_comes_later() -> None:
    both = (report("Infobae"), report("InSight Crime", incident=OTHER))
    merge = IncidentMerged(incident=OTHER, into=RAID, reason="one checkpoint")
    rows = folded(VIEW, [*both, merge, update(incident=OTHER)])
    (found,) = rows.of(Incident)
    assert (found.incident, found.mentions, len(found.origins)) == (RAID, 3, 3)
    assert {(m.incident, m.under) for m in rows.of(IncidentMention)} == {
        (RAID, RAID), (OTHER, RAID),
    }  # fmt: skip
    assert [(g.incident, g.into) for g in rows.of(IncidentGivenUp)] == [(OTHER, RAID)]


def test_an_id_given_up_leads_to_the_last_survivor() -> None:
    third = event_id(52)
    rows = folded(
        VIEW,
        [
            report(), report(incident=OTHER), report(incident=third),
            IncidentMerged(incident=RAID, into=OTHER, reason="same"),
            IncidentMerged(incident=OTHER, into=third, reason="same"),
            IncidentMerged(incident=third, into=RAID, reason="the other way round"),
        ],
    )  # fmt: skip
    assert counts(rows) == [3]
    assert {g.incident: g.into for g in rows.of(IncidentGivenUp)} == {RAID: third, OTHER: third}
