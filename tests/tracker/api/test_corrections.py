"""Corrections over HTTP: a fact said again, withdrawn or borne out, and nobody overwritten."""

import asyncio
from typing import Any

import pytest

from tests.tracker.api.door import BY_HAND, Door, Reply, problem

TYPED_WRONG = {"code": "transcription", "text": "a typing mistake"}
NOTHING = "01a1ffcc-4f46-7c5c-9b71-7b90fa44b4ff"


async def corrected(door: Door, event: str, **body: Any) -> Reply:
    return await door.post(f"/facts/{event}/correction", {"reason": TYPED_WRONG, **body})


async def later(door: Door, fact: str) -> Any:
    return (await door.get(f"/events/{fact}/later")).body["events"]


async def test_a_correction_by_its_changes_holds_the_whole_fact(door: Door) -> None:
    fact = (await door.change("visa-free", "2016-08-01", title="Free entry"))["event"]
    changes = {"effective_from": "2016-08-18", "title": None, "rule": {"max_stay_days": 90}}

    written = (await corrected(door, fact, changes=changes)).written

    [event] = await later(door, fact)
    assert (event["id"], event["type"]) == (written["event"], "fact-corrected")
    said = event["payload"]["fact"]
    assert said["effective_from"] == "2016-08-18"
    assert "title" not in said
    assert said["rule"] == {
        "max_stay_days": 90,
        "nationalities": ["CN"],
        "regime": "visa-free",
    }
    assert event["payload"]["target_position"] == 1
    assert {f"policy:{said['policy']}", "rule:EC", f"target:{fact}"} <= set(event["tags"])


async def test_the_whole_fact_may_be_given_instead(door: Door) -> None:
    fact = (await door.record("statistic", metric="border-entries", comparator="=", value="5"))[
        "event"
    ]
    whole = {"metric": "border-entries", "comparator": "=", "value": "50000", **BY_HAND}

    assert (await corrected(door, fact, fact=whole)).status == 201
    [event] = await later(door, fact)
    assert event["payload"]["fact"]["value"] == "50000"


async def test_of_two_who_correct_a_fact_at_once_the_second_is_told(door: Door) -> None:
    fact = (await door.change("visa-free", "2016-08-01"))["event"]
    days = ("2016-08-02", "2016-08-03")

    replies = await asyncio.gather(
        *(corrected(door, fact, changes={"effective_from": day}) for day in days)
    )

    first, second = sorted(replies, key=lambda reply: reply.status)
    assert first.status == 201
    assert problem(second) == (409, "conflict", "seen")
    assert f"corrected by event {first.body['position']}" in second.body["detail"]
    again = await corrected(
        door, fact, changes={"effective_from": "2016-08-04"}, seen=first.body["position"]
    )
    assert again.status == 201


async def test_a_correction_sent_again_with_its_key_is_done_once(door: Door) -> None:
    fact = (await door.change("visa-free", "2016-08-01"))["event"]
    body = {"reason": TYPED_WRONG, "changes": {"effective_from": "2016-08-18"}}
    key = {"Idempotency-Key": "monday-1"}

    first = (await door.post(f"/facts/{fact}/correction", body, headers=key)).written
    again = (await door.post(f"/facts/{fact}/correction", body, headers=key)).written

    assert (again["event"], again["repeated"]) == (first["event"], True)
    assert len(await later(door, fact)) == 1


async def test_what_is_wrong_in_a_correction_is_named(door: Door) -> None:
    fact = (await door.change("visa-free", "2016-08-01"))["event"]
    wrong = {"changes": {"effective_from": "soon"}}
    reasons = {"code": "transcription", "text": " "}

    assert problem(await corrected(door, fact, **wrong)) == (400, "refused", "effective_from")
    same = {"changes": {"effective_from": "2016-08-01"}}
    assert problem(await corrected(door, fact, **same)) == (400, "refused", "fact")
    assert problem(await corrected(door, fact)) == (400, "refused", "fact")
    assert problem(await corrected(door, fact, **same, reason=reasons))[2] == "reason.text"
    assert problem(await corrected(door, NOTHING, **same)) == (404, "not-found", "event")
    document, _ = await door.document("From 1 July.")
    [received] = (await door.get(f"/events?tag=document:{document}")).body["events"]
    refused = await corrected(door, received["id"], **same)
    assert problem(refused) == (400, "refused", "event")


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000"])
async def test_what_cannot_be_stored_is_refused_wherever_it_stands(door: Door, text: str) -> None:
    fact = (await door.record("statistic", metric="border-entries", comparator="=", value="5"))[
        "event"
    ]
    whole = f'{{"metric": "border-entries", "comparator": "=", "value": "6", "note": "{text}"}}'
    reason = '"reason": {"code": "other", "text": "why"}'
    for path, body in (
        ("correction", f'{{{reason}, "fact": {whole}, "changes": {{"value": "7"}}}}'),
        ("correction", f'{{{reason}, "changes": {{"note": "{text}"}}}}'),
        ("correction", f'{{{reason}, "changes": {{"{text}": 1}}}}'),
        ("retraction", f'{{"reason": {{"code": "other", "text": "{text}"}}}}'),
        ("corroboration", f'{{"first_hand": "{text}"}}'),
    ):
        reply = await door.call("POST", f"/facts/{fact}/{path}", data=body.encode())
        assert problem(reply)[0] == 400, (body, reply.data)
    relation = f'{{"a": "{fact}", "b": "{text}", "kind": "drift", "reason": "{text}"}}'
    for path in ("/relations", "/relations/resolution"):
        assert problem(await door.call("POST", path, data=relation.encode()))[0] == 400
    for path in (f"/parties/{fact}/merge", f"/incidents/{fact}/merge"):
        body = f'{{"into": "{text}", "reason": "{text}"}}'
        assert problem(await door.call("POST", path, data=body.encode()))[0] == 400
    stored = f"{{{reason}}}".encode()
    assert (await door.call("POST", f"/facts/{fact}/retraction", data=stored)).status == 201


async def test_a_retracted_fact_is_not_retracted_corrected_or_borne_out_again(door: Door) -> None:
    document, _ = await door.document("The ministry took it back.", published_at="2024-06-20")
    fact = (await door.change("visa-free", "2016-08-01"))["event"]
    body = {
        "reason": {"code": "source-withdrew", "text": "the ministry took it back"},
        "citations": [{"document": document, "quote": "took it back"}],
    }

    written = (await door.post(f"/facts/{fact}/retraction", body)).written

    assert written["type"] == "fact-retracted"
    [event] = await later(door, fact)
    assert event["payload"]["known_since"] == "2024-06-20T23:59:59.999999Z"
    assert event["payload"]["citations"][0]["start"] == 13
    for reply in (
        await door.post(f"/facts/{fact}/retraction", body),
        await door.post(f"/facts/{fact}/corroboration", BY_HAND),
        await corrected(door, fact, changes={"effective_from": "2016-08-18"}),
    ):
        assert problem(reply) == (409, "conflict", "event")
        assert f"retracted by event {written['position']}" in reply.body["detail"]
    of_it = await corrected(door, event["id"], changes={"reason": None})
    assert fact in of_it.body["detail"]


async def test_a_further_source_stands_beside_the_fact_and_needs_it(door: Door) -> None:
    document, _ = await door.document("Visa-free entry from August.")
    fact = (await door.change("visa-free", "2016-08-01"))["event"]
    cited = {"citations": [{"document": document, "quote": "from August"}], "reliability": "B"}

    for _ in range(2):
        written = (await door.post(f"/facts/{fact}/corroboration", cited)).written
        assert written["type"] == "fact-corroborated"
    assert [e["payload"]["target_position"] for e in await later(door, fact)] == [2, 2]
    bare = await door.post(f"/facts/{fact}/corroboration", {})
    assert problem(bare) == (400, "refused", "citations")
    assert problem(await door.post("/facts/fact-corroborated", {"target": fact, **BY_HAND})) == (
        404,
        "not-found",
        "type",
    )


async def test_readers_correct_nothing(door: Door) -> None:
    fact = (await door.change("visa-free"))["event"]
    for path in ("correction", "retraction", "corroboration"):
        refused = await door.post(f"/facts/{fact}/{path}", {}, role="reader")
        assert problem(refused)[:2] == (403, "forbidden")
