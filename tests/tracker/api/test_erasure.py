"""Erasing through the API, and what is read of something erased through every door."""

import msgspec

from tests.tracker.api.door import Door, problem
from tracker.console.visits import COOKIE

BASIS = "a letter of 3 May"


async def test_an_admin_erases_a_fact_and_readers_are_told_by_which_event(door: Door) -> None:
    document, _ = await door.document("Quillfeather said so.", title="A report")
    cited = [{"document": document, "quote": "Quillfeather said so."}]
    fact = (await door.change("visa-free", citations=cited))["event"]
    asked = {"legal_basis": BASIS}

    for role in ("reader", "analyst", "auditor"):
        refused = await door.post(f"/events/{fact}/erasure", asked, role=role)
        assert problem(refused)[:2] == (403, "forbidden")
    dry = await door.post(f"/events/{fact}/erasure", {**asked, "dry_run": True})
    assert (dry.status, dry.body["position"], dry.body["events"]) == (200, None, [])
    assert [e["event"] for e in dry.body["plan"]["events"]] == [fact]
    done = (await door.post(f"/events/{fact}/erasure", asked)).written
    again = await door.post(f"/events/{fact}/erasure", asked)
    assert (again.status, again.body["plan"]["erased_by"]["position"]) == (200, done["position"])

    read = (await door.get(f"/events/{fact}")).body
    assert read["payload"] is None
    assert read["erased_by"]["event"] == done["events"][0]
    assert (read["erased_by"]["position"], read["erased_by"]["legal_basis"]) == (
        done["position"], BASIS,
    )  # fmt: skip
    listed = (await door.get("/events")).body["events"]
    assert [e["position"] for e in listed if e["erased_by"]] == [read["position"]]
    said = f"is erased by event {done['position']} on "
    gone = await door.get(f"/documents/{document}/text")
    assert gone.status == 404
    assert said in gone.body["detail"]
    assert (await door.get("/timeline?type=policy-changed")).body["events"] == []
    everything = msgspec.json.encode((await door.get("/timeline")).body)
    assert b"Quillfeather" not in everything


async def test_what_was_said_of_a_fact_later_is_erased_with_it(door: Door) -> None:
    document, _ = await door.document("Quillfeather took it back.")
    fact, other = [(await door.change("visa-free"))["event"] for _ in range(2)]
    reason = {"code": "transcription", "text": "Quillfeather was meant"}
    cited = [{"document": document, "quote": "Quillfeather"}]
    relation = {"a": other, "b": fact, "kind": "same-origin", "reason": "Quillfeather"}
    for path, body in (
        (f"/facts/{fact}/correction", {"reason": reason, "changes": {"title": "Quillfeather"}}),
        (f"/facts/{fact}/corroboration", {"citations": cited}),
        ("/relations", relation),
        (f"/facts/{fact}/retraction", {"reason": reason}),
    ):
        assert (await door.post(path, body)).status == 201, path

    done = (await door.post(f"/events/{fact}/erasure", {"legal_basis": BASIS})).written

    assert done["deleted"]["payloads"] == 5
    assert b"Quillfeather" not in (await door.get("/events")).data
    again = await door.post(f"/facts/{fact}/correction", {"reason": reason, "changes": {}})
    assert problem(again) == (400, "refused", "event")
    later = (await door.get(f"/events/{fact}/later")).body["events"]
    assert [e["payload"] is None for e in later] == [True] * 4 + [False]


async def test_what_does_not_exist_or_has_no_ground_is_not_erased(door: Door) -> None:
    fact = (await door.change("visa-free"))["event"]
    nothing = "01a1ffcc-4f46-7c5c-9b71-7b90fa44b4ff"

    missing = await door.post(f"/events/{nothing}/erasure", {"legal_basis": BASIS})
    assert problem(missing)[0] == 404
    groundless = await door.post(f"/events/{fact}/erasure", {"legal_basis": " "})
    assert (problem(groundless)[0], problem(groundless)[2]) == (400, "legal_basis")
    assert problem(await door.post(f"/events/{fact}/erasure", {}))[0] == 400


async def test_the_pages_of_what_was_erased_name_the_erasure(door: Door) -> None:
    document, _ = await door.document("Quillfeather said so.")
    cited = [{"document": document, "quote": "Quillfeather said so."}]
    fact = (await door.change("visa-free", citations=cited))["event"]
    done = (await door.post(f"/events/{fact}/erasure", {"legal_basis": BASIS})).written
    ana = await door.parts.users.create("Ana", "analyst")

    session = await door.parts.users.issue(ana, "session")
    signed_in = {"role": None, "headers": {"cookie": f"{COOKIE}={session}"}}
    page = (await door.get(f"events/{fact}", **signed_in)).data.decode()
    erasure = (await door.get(f"events/{done['events'][0]}", **signed_in)).data.decode()

    assert f'<a href="/events/{done["events"][0]}">erased by event {done["position"]} on' in page
    assert BASIS in page
    assert BASIS in erasure
    text = (await door.get(f"documents/{document}", **signed_in)).data.decode()
    assert f"erased by event {done['position']} on" in text
