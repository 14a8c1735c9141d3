"""Which events open a conflict, which join it, and which end it."""

from typing import Any

import msgspec
import pytest

from projections.docket import Conflict, ConflictFact, Relation
from projections.rows import Rows
from projections.views.conflicts import VIEW
from tests.projections.folding import (
    change,
    cited,
    corroboration,
    event_id,
    folded,
    observation,
    rejection,
    rule,
)
from tracker.domain.base import Event
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted, Reason
from tracker.domain.incident import IncidentDisputed, IncidentMerged, IncidentUpdated
from tracker.domain.relation import RelationAsserted, RelationResolved
from tracker.domain.statistic import StatisticPublished

WRONG = Reason("other", "misread")
SUSPENDED = change("visa-free-suspended", "2024-07-01")
SEEN = observation("e-visa", "2024-08-03")


def conflicts(*events: Event | None) -> list[Conflict]:
    """The conflicts after events at 1, 2, 3 …"""
    return folded(VIEW, events).of(Conflict)


def still_open(*events: Event | None) -> list[Conflict]:
    """The conflicts that are open after the events."""
    return [c for c in conflicts(*events) if c.status == "open"]


def members(rows: Rows) -> dict[str, str]:
    """Event → its side."""
    return {m.event: m.side for m in rows.of(ConflictFact)}


def entries(*agents: str, **fields: Any) -> StatisticPublished:
    """A figure of entries into Ecuador with a chain of attribution; without one, unattributed."""
    usual: dict[str, Any] = {
        "metric": "border-entries", "geography": "EC", "counterpart": "CN", "comparator": "~",
        "value": "50000", "period": "2023", "citations": (cited(*agents),),
    }  # fmt: skip
    return StatisticPublished(**(usual | fields))


MINISTRY = entries("RFA", "Ministry", value="66000", comparator="=", period="2023-01/2024-06~")


def corrected(position: int, fact: Any) -> FactCorrected:
    """The correction of the fact at a position."""
    return FactCorrected(
        target=event_id(position),
        target_position=position,
        fact_type=fact.type,
        fact=msgspec.to_builtins(fact),
        reason=WRONG,
    )


def retracted(position: int) -> FactRetracted:
    """The retraction of the fact at a position."""
    return FactRetracted(target=event_id(position), target_position=position, reason=WRONG)


def related(kind: Any, a: int, b: int) -> RelationAsserted:
    """What the facts at two positions are to each other."""
    return RelationAsserted(a=event_id(a), b=event_id(b), kind=kind, reason="read side by side")


def settled(kind: Any, a: int, b: int) -> RelationResolved:
    """The end of that."""
    return RelationResolved(a=event_id(a), b=event_id(b), kind=kind, reason="two periods")


def test_figures_of_a_year_and_since_last_year_are_one_conflict_however_often_repeated() -> None:
    rows = folded(VIEW, [entries("Breitbart", "Infobae"), entries(), MINISTRY])
    (found,) = rows.of(Conflict)
    assert (found.kind, found.status, found.opened_at) == ("not-comparable", "open", 3)
    assert found.reason == "different periods: 2023 and 2023-01/2024-06~"
    assert found.countries == ("EC", "CN")
    assert set(found.facts) == {event_id(1), event_id(3)}
    assert members(rows) == {event_id(1): "a", event_id(2): "a", event_id(3): "b"}


@pytest.mark.parametrize("other", ["2023", "2022/2023", "2023-06/..", "../2023"])
def test_a_month_meets_its_year_and_longer_periods_in_either_order(other: str) -> None:
    month, longer = entries("RFA", period="2023-07"), entries("DGM", period=other)
    for events in ((month, longer), (longer, month)):
        (found,) = conflicts(*events)
        assert found.kind == "not-comparable"
    assert conflicts(month, entries("DGM", period="2022-07")) == []


def test_figures_with_disjoint_bounds_contradict_until_one_is_retracted() -> None:
    two = (entries("Infobae"), entries("Ministry", value="66000"))
    (found,) = conflicts(*two)
    assert (found.kind, found.reason) == ("contradicts", "about 50,000 and about 66,000 for 2023")
    (ended,) = conflicts(*two, retracted(1))
    assert (ended.status, ended.resolved_at, ended.resolution) == ("resolved", 3, "retracted")
    assert ended.resolved_by == event_id(3)


def test_a_newer_vintage_ends_the_conflict_of_the_old_and_may_open_its_own() -> None:
    two = (entries("Infobae"), entries("Ministry", value="66000"))
    agreeing = entries("Infobae", value="66000", revises=event_id(1))
    assert still_open(*two, agreeing) == []
    (again,) = still_open(*two, agreeing, retracted(3))
    assert again.opened_at == 4
    other = entries("Infobae", value="40000", revises=event_id(1))
    (found,) = still_open(*two, other)
    assert found.reason == "about 66,000 and about 40,000 for 2023"


def test_a_corrected_figure_leaves_its_conflict() -> None:
    two = (entries("Infobae"), entries("Ministry", value="66000"))
    (ended,) = conflicts(*two, corrected(1, entries("Infobae", value="66000")))
    assert (ended.status, ended.resolution) == ("resolved", "corrected")
    (same,) = conflicts(*two, corrected(1, entries("Infobae", note="typo")))
    assert (same.status, same.opened_at) == ("open", 2)


def test_figures_that_turn_out_to_have_one_origin_do_not_disagree() -> None:
    two = (entries("Infobae"), entries("Mercurio", value="66000"))
    assert still_open(*two, related("same-origin", 1, 2)) == []
    (back,) = still_open(*two, related("same-origin", 1, 2), settled("same-origin", 2, 1))
    assert back.opened_at == 4


def test_figures_that_further_sources_give_one_origin_do_not_disagree() -> None:
    two = (entries("Infobae"), entries("Ministry", value="66000"))
    (same,) = conflicts(*two, corroboration(1, "Ministry"))
    assert (same.status, same.opened_at) == ("open", 2)
    (ended,) = conflicts(*two, corroboration(1, "Ministry"), corroboration(2, "Infobae"))
    assert (ended.status, ended.resolution) == ("resolved", "one origin")


def test_an_analyst_settles_a_conflict_and_a_further_report_does_not_reopen_it() -> None:
    log = (entries("Infobae"), MINISTRY, settled("not-comparable", 2, 1), entries("Mercurio"))
    (found,) = conflicts(*log)
    assert (found.status, found.explained, found.resolution) == ("resolved", True, "two periods")
    assert (found.resolved_user, found.resolved_by) == ("ana", event_id(3))


def test_an_observation_that_differs_opens_one_conflict_that_later_ones_join() -> None:
    later = observation("e-visa", "2024-09-01")
    (found,) = conflicts(SUSPENDED, SEEN, later)
    assert (found.kind, found.subject, found.regime) == ("observed-differs", "EC|CN", "e-visa")
    assert found.facts == (event_id(1), event_id(3))
    assert (str(found.first_on), str(found.latest_on)) == ("2024-08-03", "2024-09-01")
    assert (found.opened_at, found.countries) == (2, ("EC", "CN"))
    assert len(conflicts(SUSPENDED, SEEN, observation("visa-on-arrival", "2024-09-01"))) == 2


@pytest.mark.parametrize(
    "seen",
    [
        observation("visa-free-suspended", "2024-08-03"),
        observation("visa-required", "2024-08-03"),
        observation("e-visa", "2024-06-30"),
        observation("e-visa", "2024-08-03", "PE"),
    ],
    ids=["the same", "implied", "before it", "somebody else"],
)
def test_an_observation_that_does_not_differ_opens_nothing(seen: Event) -> None:
    assert conflicts(SUSPENDED, seen) == []


def test_an_observation_for_a_code_differs_from_a_change_for_its_group_or_everybody() -> None:
    for who in ("EU", "*"):
        (found,) = conflicts(
            change("visa-free", "2016", who), observation("e-visa", "2024-08-03", "FR")
        )
        assert (found.subject, found.decided) == ("EC|FR", f"EC|{who}")
    closer = change("e-visa", "2016", "FR")
    assert conflicts(change("visa-free", "2017", "*"), closer, observation(
        "e-visa", "2024-08-03", "FR")) == []  # fmt: skip


def test_a_change_recorded_after_the_observation_opens_the_conflict_as_well() -> None:
    (found,) = conflicts(SEEN, SUSPENDED)
    assert (found.kind, found.opened_at, found.facts) == (
        "observed-differs",
        2,
        (event_id(2), event_id(1)),
    )


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (rejection(2), "set aside"),
        (change("e-visa", "2024-08-01"), "a change says what was observed"),
        (retracted(2), "retracted"),
        (retracted(1), "retracted"),
        (corrected(2, observation("visa-required", "2024-08-03")), "corrected"),
        (
            change("e-visa", "2024-07-01", replaces=(event_id(1),)),
            "a change says what was observed",
        ),
        (settled("contradicts", 2, 1), "two periods"),
    ],
    ids=[
        "rejected",
        "adopted",
        "observation gone",
        "change gone",
        "corrected",
        "replaced",
        "analyst",
    ],
)
def test_what_ends_a_conflict_with_an_observation(last: Event, why: str) -> None:
    (found,) = conflicts(SUSPENDED, SEEN, last)
    assert (found.status, found.resolution, found.resolved_by) == ("resolved", why, event_id(3))


def test_a_rejected_observation_leaves_the_conflict_to_the_others() -> None:
    (found,) = conflicts(SUSPENDED, SEEN, observation("e-visa", "2024-09-01"), rejection(3))
    assert (found.status, found.facts) == ("open", (event_id(1), event_id(2)))
    assert str(found.latest_on) == "2024-08-03"


def test_another_change_that_still_differs_takes_over_the_conflict() -> None:
    (found,) = conflicts(SUSPENDED, SEEN, change("visa-required", "2024-08-01"))
    assert (found.status, found.facts) == ("open", (event_id(3), event_id(2)))
    assert found.reason == "e-visa was observed where visa required is decided from 2024-08-01"


def test_a_later_change_for_everybody_that_a_closer_one_outranks_is_a_conflict() -> None:
    own, everybody = change("visa-free", "2016-08-01"), change("visa-required", "2024-01-01", "*")
    (found,) = conflicts(own, everybody)
    assert (found.kind, found.facts) == ("outranked", (event_id(2), event_id(1)))
    assert found.nationalities == ("CN",)
    assert conflicts(everybody, own) == []
    assert conflicts(own, change("visa-free", "2024-01-01", "*")) == []
    assert conflicts(own, change("visa-required", "2024-01-01", "EU")) == []
    (ended,) = conflicts(own, everybody, change("visa-required", "2024-02-01"))
    assert (ended.status, ended.resolved_at) == ("resolved", 3)
    assert still_open(own, everybody, retracted(1)) == []
    assert still_open(own, everybody, retracted(2)) == []


def test_a_rule_for_some_people_only_disagrees_with_nobody() -> None:
    officials = change("e-visa", "2024-08-01", limits={"category": "officials"})
    assert conflicts(SUSPENDED, officials, observation("visa-required", "2024-08-03")) == []
    sanctioned = msgspec.structs.replace(SEEN, rule=rule("entry-ban", category="sanctioned"))
    assert conflicts(SUSPENDED, sanctioned) == []


def test_an_asserted_drift_is_open_until_it_is_resolved_either_way_round() -> None:
    log = (entries("Infobae"), entries(), related("drift", 1, 2))
    rows = folded(VIEW, log)
    (found,) = rows.of(Conflict)
    assert (found.kind, found.reason, found.countries) == (
        "drift",
        "read side by side",
        ("EC", "CN"),
    )
    assert [r.resolved_at for r in rows.of(Relation)] == [None]
    assert still_open(*log, settled("contradicts", 1, 2)) == [found]
    assert still_open(*log, settled("drift", 2, 1)) == []
    assert still_open(*log, retracted(2)) == []
    assert still_open(*log, related("same-origin", 1, 2)) == [found]
    borne_out = FactCorroborated(target=event_id(1), citations=(cited("Mercurio"),))
    assert still_open(*log, borne_out) == [found]


def test_other_relations_open_nothing() -> None:
    assert conflicts(related("responds-to", 1, 2), related("supersedes", 1, 2)) == []


def test_a_denied_incident_is_disputed_until_it_is_settled() -> None:
    denial = IncidentDisputed(
        incident=event_id(50), text="No such raid took place.", citations=(cited("Police"),)
    )
    (found,) = conflicts(denial)
    assert (found.kind, found.subject, found.reason) == ("disputed", event_id(50), denial.text)
    assert still_open(denial, settled("contradicts", 1, 50)) == []
    assert still_open(denial, retracted(1)) == []
    other = IncidentUpdated(incident=event_id(50), citations=(cited("Press"),))
    assert still_open(denial, other) == [found]
    admission = msgspec.structs.replace(other, citations=(cited("police"),))
    assert still_open(denial, admission) == []
    merged = IncidentMerged(incident=event_id(50), into=event_id(51), reason="one raid")
    assert [c.subject for c in still_open(denial, merged)] == [event_id(51)]
