"""The inbox over HTTP: a draft becomes a fact once, or is set aside with a reason."""

from tests.tracker.api.door import Door, problem

TEXT = "From 1 July, visa-free entry for Chinese citizens is suspended."
DRAFT = {
    "jurisdiction": "EC",
    "kind": "entry",
    "action": "suspended",
    "effective_from": "2024-07-01",
    "effective_basis": "stated",
    "rule": {"nationalities": ["CN"], "regime": "visa-free-suspended"},
}


async def waiting(door: Door) -> tuple[str, str]:
    """A document with a draft that waits: the ids of both."""
    fact = {**DRAFT, "citations": [{"document": "x", "quote": "is suspended"}]}
    document, _ = await door.document(TEXT)
    return await door.document(
        f"{TEXT} Again.",
        {**fact, "citations": [{"document": document, "quote": "is suspended"}]},
        title="Suspension",
        published_at="2024-06-19",
    )


async def test_a_draft_waits_in_the_inbox_and_is_told_with_the_cell(door: Door) -> None:
    document, draft = await waiting(door)
    [found] = (await door.get(f"/drafts?destination=ECU&document={document}")).body["drafts"]
    assert (found["draft"], found["status"]) == (draft, "waiting")
    assert found["spans"] == {"rule.regime": [[0, len(TEXT) + 7]]}
    assert (await door.get(f"/drafts/{draft}")).body == found
    assert (await door.get("/entry-rules/EC/CN")).body["drafts_waiting"] == 1
    await door.change("visa-free", "2016-08-01")
    await door.change("visa-free", "2016-08-01", rule={"nationalities": ["PE"]})
    row = (await door.get("/entry-rules/EC")).body["rules"]
    assert {r["nationality"]: r["drafts_waiting"] for r in row} == {"CN": 1, "PE": 0}
    [cell] = (await door.get("/entry-rules?nationality=CN")).body["rules"]
    assert (cell["destination"], cell["drafts_waiting"]) == ("EC", 1)
    assert (await door.get("/drafts?destination=PE")).body["drafts"] == []


async def test_an_accepted_draft_is_a_fact_once(door: Door) -> None:
    _, draft = await waiting(door)
    written = (await door.post(f"/drafts/{draft}/accept")).written
    assert [e["type"] for e in written["events"]] == ["policy-changed", "draft-accepted"]
    await door.parts.settle()
    assert (await door.get("/drafts")).body["drafts"] == []
    cell = (await door.get("/entry-rules/EC/CN?valid_at=2024-07-01")).body
    assert (cell["regime"], cell["drafts_waiting"]) == ("visa-free-suspended", 0)
    assert cell["decided_by"] == written["events"][0]["event"]
    assert problem(await door.post(f"/drafts/{draft}/accept"))[:2] == (409, "conflict")


async def test_fields_that_a_reviewer_edits_replace_those_proposed(door: Door) -> None:
    _, draft = await waiting(door)
    edited = {"edited": {"announced_on": "2024-06-18", "title": None}, "reason": "dated"}
    written = (await door.post(f"/drafts/{draft}/accept", edited)).written
    fact = (await door.get(f"/events/{written['events'][0]['event']}")).body["payload"]
    assert (fact["announced_on"], fact["effective_from"]) == ("2024-06-18", "2024-07-01")
    accepted = (await door.get(f"/events/{written['event']}")).body["payload"]
    assert (accepted["edited"], accepted["reason"]) == (True, "dated")


async def test_an_edit_that_is_wrong_leaves_the_draft_waiting(door: Door) -> None:
    _, draft = await waiting(door)
    wrong = {"edited": {"effective_from": "2024-02-31"}}
    reply = await door.post(f"/drafts/{draft}/accept", wrong)
    assert problem(reply) == (400, "refused", "effective_from")
    assert len((await door.get("/drafts")).body["drafts"]) == 1


async def test_a_rejection_says_why_and_can_be_undone(door: Door) -> None:
    _, draft = await waiting(door)
    silent = await door.post(f"/drafts/{draft}/reject", {"reason": " "})
    assert problem(silent) == (400, "refused", "reason")
    assert (await door.post(f"/drafts/{draft}/reject", {"reason": "a rumour"})).status == 201
    await door.parts.settle()
    [rejected] = (await door.get("/drafts?status=rejected")).body["drafts"]
    assert rejected["reason"] == "a rumour"
    assert (await door.post(f"/drafts/{draft}/reopen")).status == 201
    await door.parts.settle()
    assert len((await door.get("/drafts")).body["drafts"]) == 1
    assert problem(await door.post(f"/drafts/{draft}/reopen"))[:2] == (409, "conflict")


async def test_an_acceptance_sent_again_with_its_key_is_answered_as_before(door: Door) -> None:
    _, draft = await waiting(door)
    key = {"Idempotency-Key": "accept-1"}
    first = (await door.post(f"/drafts/{draft}/accept", headers=key)).written
    again = (await door.post(f"/drafts/{draft}/accept", headers=key)).written
    assert (again["event"], again["repeated"]) == (first["event"], True)


async def test_documents_are_listed_with_their_text(door: Door) -> None:
    document, _ = await waiting(door)
    found = (await door.get("/documents?limit=1")).body
    assert [d["document"] for d in found["documents"]] == [document]
    assert (await door.get(f"/documents/{document}")).body["title"] == "Suspension"
    text = await door.get(f"/documents/{document}/text")
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text.data.decode() == f"{TEXT} Again."


async def test_a_stack_is_decided_at_once_and_the_second_reviewer_is_told(door: Door) -> None:
    document, first = await waiting(door)
    cited = [{"document": document, "quote": "is suspended"}]
    _, second = await door.document(f"{TEXT} Once more.", {**DRAFT, "citations": cited})
    [stack] = (await door.get("/drafts/stacks")).body["stacks"]
    assert [d["draft"] for d in stack["drafts"]] == [first, second]
    body = {"others": [second]}
    written = (await door.post(f"/drafts/{first}/accept", body, role="analyst")).written
    assert [e["type"] for e in written["events"]] == [
        "policy-changed", "draft-accepted", "fact-corroborated", "draft-accepted",
    ]  # fmt: skip
    told = await door.post(f"/drafts/{second}/reject", {"reason": "no"})
    assert problem(told) == (409, "conflict", "draft")
    assert "was already accepted by analyst on" in told.body["detail"]
    assert (await door.post(f"/drafts/{second}/reopen")).status == 201
    await door.parts.settle()
    assert (await door.get("/drafts/stacks")).body["total"] == 1


async def test_a_draft_is_put_off_joined_or_accepted_among_others(door: Door) -> None:
    document, draft = await waiting(door)
    assert (await door.post(f"/drafts/{draft}/snooze", {"until": "2999-01-01"})).status == 201
    await door.parts.settle()
    counted = (await door.get("/drafts/stacks")).body
    assert (counted["stacks"], counted["snoozed"]) == ([], 1)
    [outcome] = (await door.post("/drafts/accept", {"drafts": [draft]})).body["outcomes"]
    cited = [{"document": document, "quote": "is suspended"}]
    _, other = await door.document(f"{TEXT} Once more.", {**DRAFT, "citations": cited})
    [known] = (await door.get(f"/drafts/{other}/duplicates")).body["duplicates"]
    assert known["event"] == outcome["fact"]
    joined = (await door.post(f"/drafts/{other}/join", {"fact": known["event"]})).written
    assert [e["type"] for e in joined["events"]] == ["fact-corroborated", "draft-accepted"]
    assert problem(await door.post(f"/drafts/{other}/join", {"fact": document}))[0] == 404


async def test_a_document_without_drafts_is_seen_and_looked_at_again(door: Door) -> None:
    document, _ = await door.document(TEXT)
    assert (await door.get("/drafts/silent")).body == {"documents": []}
    assert (await door.post(f"/documents/{document}/seen", {"reason": "sport"})).status == 201
    assert problem(await door.post(f"/documents/{document}/seen")) == (409, "conflict", "document")
    assert (await door.post(f"/documents/{document}/seen", {"again": True})).status == 201
