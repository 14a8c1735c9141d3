"""Incidents: permanent ids, counts that are never made up, places on earth, and merges."""

from typing import Any

import pytest

from tests.tracker.domain.telling import decided, uid
from tracker.domain.base import Event
from tracker.domain.errors import NotFound, Refused
from tracker.domain.fact import Fact, RecordFact
from tracker.domain.incident import (
    Count,
    IncidentDisputed,
    IncidentMerged,
    IncidentReported,
    IncidentUpdated,
    MergeIncidents,
    Place,
)

A, B, C = uid(0xA), uid(0xB), uid(0xC)


def reported(incident: str | None = None, **more: Any) -> IncidentReported:
    fields: dict[str, Any] = {"incident_type": "extortion", "first_hand": "told", **more}
    return IncidentReported(incident=incident, **fields)


def updated(incident: str | None = A, **more: Any) -> IncidentUpdated:
    return IncidentUpdated(incident=incident, first_hand="told", **more)


def disputed(incident: str = A, text: str = "It did not happen.") -> IncidentDisputed:
    return IncidentDisputed(incident=incident, text=text, first_hand="told")


def merged(incident: str, into: str) -> IncidentMerged:
    return IncidentMerged(incident=incident, into=into, reason="the same")


def recorded(fact: Fact, *events: Event) -> Any:
    return decided(RecordFact(fact=fact), *events)[-1]


def test_a_new_incident_gets_an_id_and_a_second_report_keeps_it() -> None:
    assert recorded(reported()).incident == uid(1)
    assert recorded(reported(A), reported(A)).incident == A
    assert recorded(updated(), reported(A)).incident == A
    assert recorded(disputed(), reported(A)).incident == A


def test_what_nobody_said_of_how_many_stays_unknown_and_none_is_said_by_a_source() -> None:
    incident = recorded(reported(killed=Count(best=0), affected=Count(low=10)))

    assert incident.killed == Count(best=0)
    assert incident.affected == Count(low=10)
    assert incident.injured is None


WRONG: list[tuple[Fact, str, str]] = [
    (reported(killed=Count()), "killed", "leave it out where it is not known"),
    (reported(killed=Count(low=-1)), "killed.low", "less than nobody"),
    (reported(injured=Count(low=2, best=1)), "injured.best", "1 is less than low 2"),
    (reported(affected=Count(best=5, high=4)), "affected.high", "4 is less than best 5"),
    (reported(affected=Count(low=5, high=4)), "affected.high", "4 is less than low 5"),
    (reported(place=Place()), "place", "give a name, a country or coordinates"),
    (reported(place=Place(precision="exact")), "place", "give a name"),
    (reported(place=Place(lat="90.1", lon="0")), "place.lat", "is not between -90 and 90"),
    (reported(place=Place(lat="0", lon="-181")), "place.lon", "is not between -180 and 180"),
    (reported(place=Place(lat="0")), "place.lon", "is missing although lat is given"),
    (reported(place=Place(name="x", lon="0")), "place.lat", "is missing although lon is given"),
    (reported(place=Place(country="XX")), "place.country", "not a country code"),
    (updated(None), "incident", "say which one"),
    (disputed(text=" "), "text", "say what is denied"),
]


@pytest.mark.parametrize(("fact", "field", "reason"), WRONG, ids=[f"{w[1]}-{w[2]}" for w in WRONG])
def test_what_cannot_be_is_refused_with_its_field(fact: Fact, field: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        recorded(fact, reported(A))

    assert refused.value.field == field
    assert refused.value.message.startswith(f"{field}: ")
    assert reason in refused.value.message


def test_a_place_may_be_coordinates_alone_up_to_the_poles() -> None:
    place = Place(lat="-90", lon="180")

    assert recorded(reported(place=place)).place == place


@pytest.mark.parametrize("fact", [reported(A), updated(), disputed()])
def test_an_incident_that_nobody_reported_cannot_be_named(fact: Fact) -> None:
    with pytest.raises(NotFound, match=rf"^incident: no incident {A} is in the log$") as missing:
        recorded(fact)

    assert missing.value.field == "incident"


@pytest.mark.parametrize("fact", [reported(A), updated(), disputed()])
def test_of_an_incident_merged_away_it_is_said_what_stands_for_it_now(fact: Fact) -> None:
    log = (reported(A), reported(B), reported(C), merged(A, B), merged(B, C))

    with pytest.raises(Refused, match=f"incident {A} was merged into {C}; name that one"):
        recorded(fact, *log)


def test_actors_and_victims_become_parties_each_once() -> None:
    fact = reported(actors=("Gulf Clan", "gulf  clan", "Police"), victims=("migrants",))

    *named, incident = decided(RecordFact(fact=fact))

    assert [getattr(n, "names", ()) for n in named] == [("Gulf Clan",), ("Police",), ("migrants",)]
    assert isinstance(incident, IncidentReported)
    assert (incident.actors, incident.victims) == ((uid(1), uid(3)), (uid(5),))


def test_a_party_among_several_is_named_by_its_place() -> None:
    with pytest.raises(NotFound) as missing:
        recorded(reported(actors=("Gulf Clan", uid(9))))
    assert missing.value.field == "actors[1]"

    crowd = tuple(f"Group {n}" for n in range(51))
    with pytest.raises(Refused, match="victims: at most 50 parties"):
        recorded(reported(victims=crowd))


def test_two_incidents_become_one() -> None:
    merge = MergeIncidents(incident=A, into=B, reason=" the same report ")

    [event] = decided(merge, reported(A), reported(B))

    assert event == IncidentMerged(incident=A, into=B, reason="the same report")


@pytest.mark.parametrize(
    ("merge", "field", "reason"),
    [
        (MergeIncidents(incident=A, into=A, reason="r"), "into", "is the same incident"),
        (MergeIncidents(incident=A, into=B, reason=" "), "reason", "say why"),
        (MergeIncidents(incident=B, into=A, reason="r"), "into", f"was merged into {C}"),
        (MergeIncidents(incident=A, into=B, reason="r"), "incident", f"was merged into {C}"),
        # Round in a circle.
        (MergeIncidents(incident=C, into=A, reason="r"), "into", f"was merged into {C}"),
    ],
)
def test_incidents_are_not_merged_with_themselves_twice_or_in_a_circle(
    merge: MergeIncidents, field: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        decided(merge, reported(A), reported(B), reported(C), merged(A, C))

    assert refused.value.field == field


@pytest.mark.parametrize(("one", "into", "field"), [(A, C, "into"), (C, A, "incident")])
def test_both_incidents_of_a_merge_are_known(one: str, into: str, field: str) -> None:
    with pytest.raises(NotFound) as missing:
        decided(MergeIncidents(incident=one, into=into, reason="r"), reported(A))

    assert missing.value.field == field
