"""Relations and merges over HTTP."""

from typing import Any

from tests.tracker.api.door import BY_HAND, Door, problem

FIGURE = {"metric": "border-entries", "comparator": "=", "geography": "EC", "period": "2023"}
ATTACK = {"incident_type": "extortion", "place": {"name": "Necoclí", "country": "CO"}}


async def figures(door: Door) -> list[str]:
    return [
        (await door.record("statistic", value=value, **FIGURE))["event"]
        for value in ("50000", "66000")
    ]


async def incident(door: Door, **fields: Any) -> str:
    written = await door.record("incident", **{**ATTACK, **fields})
    return (await door.get(f"/events/{written['event']}")).body["payload"]["incident"]


async def test_a_disagreement_that_only_a_view_found_is_settled_once(door: Door) -> None:
    a, b = await figures(door)
    relation = {"a": a, "b": b, "kind": "contradicts", "reason": "other months were counted"}

    settled = (await door.post("/relations/resolution", relation)).written

    assert settled["type"] == "relation-resolved"
    turned = {**relation, "a": b, "b": a}
    assert problem(await door.post("/relations/resolution", turned))[:2] == (409, "conflict")
    for fact in (a, b):
        [event] = (await door.get(f"/events/{fact}/later")).body["events"]
        assert event["id"] == settled["event"]


async def test_a_relation_is_asserted_once_until_it_is_settled(door: Door) -> None:
    a, b = await figures(door)
    relation = {"a": a, "b": b, "kind": "same-origin", "reason": "both name Infobae"}

    assert problem(await door.post("/relations/resolution", relation)) == (
        404,
        "not-found",
        "kind",
    )
    assert (await door.post("/relations", relation)).status == 201
    assert problem(await door.post("/relations", relation))[:2] == (409, "conflict")
    assert (await door.post("/relations/resolution", relation)).status == 201
    assert (await door.post("/relations", relation)).status == 201


async def test_a_relation_needs_two_facts_and_a_reason(door: Door) -> None:
    a, b = await figures(door)
    happened = await incident(door)
    relation = {"a": a, "b": b, "kind": "same-incident", "reason": "r"}

    assert problem(await door.post("/relations", {**relation, "b": a})) == (400, "refused", "b")
    assert problem(await door.post("/relations", {**relation, "reason": " "}))[2] == "reason"
    unknown = {**relation, "b": "01a1ffcc-4f46-7c5c-9b71-7b90fa44b4ff"}
    assert problem(await door.post("/relations", unknown)) == (404, "not-found", "b")
    assert problem(await door.post("/relations", {**relation, "kind": "cousins"}))[0] == 400
    assert (await door.post("/relations", {**relation, "b": happened})).status == 201


async def test_incidents_are_merged_and_what_was_given_up_says_where_to(door: Door) -> None:
    first, second = await incident(door), await incident(door)
    merge = {"into": first, "reason": "one report under two names"}

    assert (await door.post(f"/incidents/{second}/merge", merge)).status == 201

    refused = await door.post("/facts/incident-update", {"incident": second, **BY_HAND})
    assert problem(refused) == (400, "refused", "incident")
    assert f"was merged into {first}" in refused.body["detail"]
    assert problem(await door.post(f"/incidents/{second}/merge", merge)) == (
        400,
        "refused",
        "incident",
    )


async def test_a_party_merged_into_another_leaves_it_its_names(door: Door) -> None:
    parties = [
        (await door.post("/parties", {"kind": "group", "names": [name]})).body["events"][0]["event"]
        for name in ("Gulf Clan", "Clan del Golfo")
    ]
    survivor, given_up = [
        (await door.get(f"/events/{event}")).body["payload"]["party"] for event in parties
    ]
    merge = {"into": "gulf clan", "reason": "the same in Spanish"}

    assert (await door.post(f"/parties/{given_up}/merge", merge)).status == 201

    told = await door.record("incident", **ATTACK, actors=["Clan del Golfo", "Gulf Clan"])
    payload = (await door.get(f"/events/{told['event']}")).body["payload"]
    assert payload["actors"] == [survivor]
    aliases = {
        "kind": "group",
        "party": survivor,
        "names": ["AGC"],
        "external_ids": {"wikidata": "Q1"},
    }
    assert (await door.post("/parties", aliases)).status == 201
