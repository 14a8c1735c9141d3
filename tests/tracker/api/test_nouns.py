"""Policies, statements, series, incidents, parties, claims and conflicts, read over the API."""

from typing import Any
from uuid import uuid4

from tests.tracker.api.door import BY_HAND, Door, problem
from tracker.domain.base import NewEvent
from tracker.domain.claim import ClaimMade
from tracker.domain.incident import Count, IncidentMerged, IncidentReported, Place
from tracker.domain.party import PartyMerged, PartyNamed
from tracker.domain.position import PositionAnnounced
from tracker.domain.relation import RelationAsserted, RelationResolved
from tracker.domain.values import Citation, Hop
from tracker.log.append import Appender

CLAN, CARTEL, LIN, ALIAS, RAID, OTHER = (str(uuid4()) for _ in range(6))
FIGURE: dict[str, Any] = {
    "metric": "border-entries", "geography": "EC", "counterpart": "CN", "comparator": "=",
    **BY_HAND,
}  # fmt: skip


def cited(agent: str) -> tuple[Citation, ...]:
    """A citation whose chain ends with the agent."""
    hop = Hop(agent=agent, relation="quotes", basis="stated")
    return (Citation(document=str(uuid4()), quote="…", attribution=(hop,)),)


async def append(door: Door, *events: Any) -> list[str]:
    """Put events in the log as they are; their ids."""
    new = [NewEvent(uuid4(), event) for event in events]
    actor = await door.parts.operator()
    await Appender(door.parts.database).append(new, actor, uuid4())
    await door.parts.settle()
    return [str(n.id) for n in new]


async def test_a_policy_has_a_status_on_a_day_and_a_history(door: Door) -> None:
    first = await door.change("visa-free", "2016-08-01", title="Visa-free entry")
    policy = (await door.get(f"/events/{first['event']}")).body["payload"]["policy"]
    await door.change("visa-free-suspended", "2024-07-01", action="suspended", policy=policy)
    wall = {"jurisdiction": "PA", "kind": "enforcement", "title": "Wall", "action": "introduced"}
    await door.post("/policies", {**wall, "announced_on": "2024-05-05", **BY_HAND})
    await door.parts.settle()

    found = (await door.get("/policies?valid_at=2024-07-01")).body["policies"]
    assert [(p["policy"]["title"], p["status"]) for p in found] == [
        ("Wall", "announced"),
        ("Visa-free entry", "suspended"),
    ]
    one = (await door.get(f"/policies/{policy}?valid_at=2024-06-30")).body
    assert (one["policy"]["status"], one["policy"]["valid_at"]) == ("in force", "2024-06-30")
    assert [s["action"] for s in one["history"]] == ["amended", "suspended"]
    for asked, titles in (
        ("status=suspended", ["Visa-free entry"]),
        ("status=repealed", []),
        ("nationality=CHN", ["Visa-free entry"]),
        ("nationality=FR", []),
        ("kind=enforcement&jurisdiction=PAN", ["Wall"]),
    ):
        page = (await door.get(f"/policies?valid_at=2024-07-01&{asked}")).body
        assert [p["policy"]["title"] for p in page["policies"]] == titles, asked
    suspended = "/policies?limit=1&status=suspended&valid_at=2024-07-01"
    page = (await door.get(suspended)).body
    assert page["next"]
    rest = await door.get(f"{suspended}&before={page['next']}")
    assert rest.body == {"policies": [], "next": None}
    assert problem(await door.get("/policies?valid_at=soon"))[2] == "valid_at"
    assert problem(await door.get(f"/policies/{LIN}"))[0] == 404


async def test_statements_of_a_briefing_stay_together_when_speakers_are_merged(door: Door) -> None:
    await append(
        door,
        PartyNamed(party=LIN, kind="person", names=("Lin Jian",)),
        PartyNamed(party=ALIAS, kind="person", names=("Lin",)),
    )
    said = {"text": "No comment.", "verbatim": "verbatim", "said_on": "2024-06-18", **BY_HAND}
    for speaker in (LIN, LIN, ALIAS, LIN):
        await door.record("statement", speaker=speaker, **said)
    assert len((await door.get("/statements")).body["briefings"]) == 2
    await append(door, PartyMerged(party=ALIAS, into=LIN, reason="one man"))
    body = (await door.get(f"/statements?speaker={ALIAS}")).body
    [briefing] = body["briefings"]
    assert (briefing["speaker"], briefing["said_on"]) == (LIN, "2024-06-18")
    assert len(briefing["statements"]) == len(body["statements"]) == 4
    assert body["names"] == {LIN: "Lin Jian", ALIAS: "Lin Jian"}


async def test_a_series_counts_origins_by_party_and_keeps_every_vintage(door: Door) -> None:
    first = await door.record("statistic", **FIGURE, value="50000", period="2023")
    await door.record("statistic", **FIGURE, value="51000", period="2023", revises=first["event"])
    await door.record("statistic", **FIGURE, value="66000", period="2023-01/2024-06~")
    asked = "metric=border-entries&geography=ECU&counterpart=CN"
    body = (await door.get(f"/statistics/series?{asked}")).body
    assert [s["value"] for s in body["statistics"]] == ["66000", "51000", "50000"]
    assert [c["value"] for c in body["series"]["claims"]] == ["51000", "66000"]
    assert len(body["series"]["vintages"][0]) == 2
    assert [d["kind"] for d in body["series"]["disagreements"]] == ["not-comparable"]
    assert body["series"]["independent"] == 0
    other = (await door.get("/statistics/series?metric=border-entries")).body
    assert other["statistics"] == []


async def test_an_incident_is_found_under_every_name_of_those_who_did_it(door: Door) -> None:
    toll: dict[str, Any] = {"incident_type": "extortion", "place": Place(country="CO")}
    await append(
        door,
        PartyNamed(party=CLAN, kind="group", names=("Gulf Clan",), country="CO"),
        PartyNamed(party=CARTEL, kind="group", names=("Clan del Golfo", "AGC")),
        PartyMerged(party=CARTEL, into=CLAN, reason="one group"),
        IncidentReported(incident=RAID, actors=(CLAN,), citations=cited("Infobae"), **toll),
        IncidentReported(
            incident=OTHER,
            actors=(CARTEL,),
            citations=cited("Gulf clan"),
            injured=Count(best=2),
            **toll,
        ),
        IncidentMerged(incident=OTHER, into=RAID, reason="one checkpoint"),
    )
    for name in ("Gulf Clan", "clan del gólfo", CARTEL):
        [found] = (await door.get("/incidents", params={"party": name})).body["incidents"]
        assert (found["incident"], found["mentions"]) == (RAID, 2)
    assert (found["killed"], found["injured"]["best"]) == (None, 2)
    assert (found["status"], found["independent"]) == ("corroborated", 2)
    told = (await door.get(f"/incidents/{OTHER}")).body
    assert told["incident"]["incident"] == RAID
    assert [m["incident"] for m in told["mentions"]] == [RAID, OTHER]
    assert [m["incident"] for m in told["merged"]] == [OTHER]
    assert set(told["names"].values()) == {"Gulf Clan"}
    assert (await door.get("/incidents?type=killing")).body["incidents"] == []
    assert len((await door.get("/incidents?country=CO&pattern=false")).body["incidents"]) == 1
    assert problem(await door.get(f"/incidents/{LIN}"))[0] == 404
    assert problem(await door.get("/incidents?party=Nobody"))[0] == 404

    party = (await door.get(f"/parties/{CARTEL}")).body["party"]
    assert (party["party"], party["names"]) == (CLAN, ["Gulf Clan", "Clan del Golfo", "AGC"])


async def test_offices_and_claims_are_listed_with_the_names_of_their_parties(door: Door) -> None:
    await append(
        door,
        PartyNamed(party=LIN, kind="person", names=("José Raúl Mulino",)),
        PositionAnnounced(person=LIN, office="President", country="PA", start="2024-07-01"),
        ClaimMade(kind="route", text="By Istanbul.", claimant=LIN, countries=("TR",)),
    )
    [held] = (await door.get("/positions?person=Jose Raul Mulino")).body["positions"]
    assert (held["office"], held["start_lower"], held["end"]) == ("President", "2024-07-01", None)
    [named] = (await door.get("/parties?name=jose raul mulino")).body["parties"]
    party = (await door.get(f"/parties/{named['party']}")).body
    assert [p["office"] for p in party["positions"]] == ["President"]
    body = (await door.get("/claims?kind=route&country=TUR&claimant=" + LIN)).body
    assert [c["text"] for c in body["claims"]] == ["By Istanbul."]
    assert body["names"] == {LIN: "José Raúl Mulino"}
    assert (await door.get("/claims?kind=driver")).body["claims"] == []


async def test_conflicts_are_listed_until_they_are_settled(door: Door) -> None:
    year = await door.record("statistic", **FIGURE, value="50000", period="2023")
    since = await door.record("statistic", **FIGURE, value="66000", period="2023-01/2024-06~")
    pair: dict[str, Any] = {"a": since["event"], "b": year["event"], "reason": "two periods"}
    await append(door, RelationAsserted(kind="drift", **pair))
    body = (await door.get("/conflicts?status=open&country=CHN")).body
    assert [c["conflict"]["kind"] for c in body["conflicts"]] == ["drift", "not-comparable"]
    assert {f["event"] for f in body["conflicts"][1]["facts"]} == {pair["a"], pair["b"]}
    [held] = (await door.get(f"/relations?fact={year['event']}")).body["relations"]
    assert (held["kind"], held["resolved_at"]) == ("drift", None)

    [settled] = await append(door, RelationResolved(kind="not-comparable", **pair))
    [ended] = (await door.get("/conflicts?kind=not-comparable")).body["conflicts"]
    assert (ended["conflict"]["status"], ended["conflict"]["resolved_by"]) == ("resolved", settled)
    assert (ended["conflict"]["resolution"], ended["conflict"]["explained"]) == (
        "two periods",
        True,
    )
    assert len((await door.get("/conflicts?status=open")).body["conflicts"]) == 1
    assert (await door.get("/conflicts?country=FR")).body["conflicts"] == []
