"""Every no is a problem document that says what is wrong, and nothing is half done."""

import asyncio
import io
from typing import Any

import psycopg
import pytest

from tests.place import Place
from tests.tracker.api.door import Door, problem

RULE = {"nationalities": ["CN"], "regime": "visa-free"}
POLICY: dict[str, Any] = {
    "jurisdiction": "EC",
    "action": "introduced",
    "effective_from": "2016-08-01",
    "rule": RULE,
    "first_hand": "seen at the border",
}


WRONG_FIELDS: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({"jurisdiction": "XX"}, "jurisdiction"),
    ({"jurisdiction": None}, "jurisdiction"),
    ({"jurisdiction": 7}, "jurisdiction"),
    ({"effective_from": "2024-02-31"}, "effective_from"),
    ({"effective_to": "2016-07-01"}, "effective_to"),
    ({"action": "abolished"}, "action"),
    ({"first_hand": None}, "citations"),
    ({"citations": [{"document": "x", "quote": "y"}]}, "citations[0].document"),
    ({"citations": [{"document": "a\x00", "quote": "y"}]}, "citations[0].document"),
    ({"citations": "y"}, "citations"),
    ({"rule": {**RULE, "nationalities": []}}, None),
    ({"rule": {**RULE, "nationalities": ["CN", "EUX"]}}, "rule.nationalities[1]"),
    ({"note": "a\x00b"}, "note"),
    ({"surprise": 1}, None),
)
NO_FACTS = (
    b"",
    b"{",
    b"[]",
    b'"text"',
    b"null",
    b"\xff\xfe",
    b'{"note": "\\ud800"}',
    b'{"note": "\\u0000"}',
    b'{"rule": ' * 50_000,
    b"[" * 100_000,
    b'{"jurisdiction": 1e999}',
)
WRONG_PARAMETERS = (
    "/timeline?type=%00",
    "/timeline?country=EC&country=%00",
    "/events?tag=a%00b",
    "/statistics?metric=%00",
    "/policies?policy=%00",
    "/entry-rules/EC/C%00",
    "/entry-rules/EC/%ED%A0%80",
    "/timeline?limit=501",
    "/timeline?limit=x",
    "/timeline?before=-1",
    "/timeline?party=nobody",
    "/events?before=99999999999999999999",
    "/events?after=99999999999999999999",
)
NOWHERE = (
    "/nothing",
    "/documents/nonsense",
    "/documents/018f0000-0000-7000-8000-000000000000",
    "/documents/018f0000-0000-7000-8000-000000000000/text",
    "/drafts/018f0000-0000-7000-8000-000000000000",
    "/events/nonsense",
    "/events/17",
    "/events/0",
    "/events/99999999999999999999",
    "/events/018f0000-0000-7000-8000-000000000000",
    "/alerts/018f0000-0000-7000-8000-000000000000",
    "/..%2f..%2fetc%2fpasswd",
)


async def test_a_wrong_field_is_named_and_nothing_is_written(door: Door) -> None:
    for fields, field in WRONG_FIELDS:
        body = {k: v for k, v in {**POLICY, **fields}.items() if v is not None}
        reply = await door.post("/policies", body)
        status, kind, named = problem(reply)
        assert (status, kind) == (400, "refused"), fields
        assert (field or "") in f"{named} {reply.body['detail']}", reply.body
    assert await door.parts.reader.head() == 0


async def test_a_quote_that_is_not_in_the_document_is_refused(door: Door) -> None:
    document, _ = await door.document("Nothing changes.")
    cited = {"document": document, "quote": "Everything changes"}
    reply = await door.post("/policies", {**POLICY, "citations": [cited]})
    assert problem(reply) == (400, "refused", "citations[0].quote")


async def test_a_document_that_is_not_there_is_not_found(door: Door) -> None:
    missing = {"document": "018f0000-0000-7000-8000-000000000000", "quote": "x"}
    reply = await door.post("/policies", {**POLICY, "citations": [missing]})
    assert problem(reply) == (404, "not-found", "citations[0].document")


async def test_a_body_that_is_no_fact_is_refused(door: Door) -> None:
    headers = {"content-type": "application/json"}
    for data in NO_FACTS:
        reply = await door.call("POST", "/policies", data=data, headers=headers)
        assert problem(reply)[:2] == (400, "refused"), data[:20]


async def test_a_body_over_ten_megabytes_is_too_large(door: Door) -> None:
    data = io.BytesIO(b'{"note": "' + b"x" * 10_000_000 + b'"}')
    reply = await door.call("POST", "/policies", data=data)
    assert problem(reply)[:2] == (413, "too-large")


async def test_a_parameter_that_is_no_text_or_out_of_bounds_is_refused(door: Door) -> None:
    for path in WRONG_PARAMETERS:
        assert problem(await door.get(path))[:2] == (400, "refused"), path


async def test_what_is_not_there_is_not_found(door: Door) -> None:
    for path in NOWHERE:
        assert problem(await door.get(path))[:2] == (404, "not-found"), path


async def test_a_method_that_an_address_does_not_take_is_named(door: Door) -> None:
    reply = await door.call("PUT", "/policies", json={})
    assert problem(reply)[:2] == (405, "method-not-allowed")
    assert reply.headers["Allow"]


async def test_an_unexpected_fault_is_logged_and_shows_nothing(
    door: Door, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute("drop table view.party")
    reply = await door.get("/parties")
    assert problem(reply)[:2] == (500, "fault")
    assert "party" not in reply.body["detail"]
    assert "UndefinedTable" in caplog.text


async def test_a_database_that_is_away_is_unavailable(door: Door) -> None:
    await door.parts.database.close()
    async with asyncio.timeout(30):
        reply = await door.get("/timeline")
    assert problem(reply) == (503, "unavailable", None)
    assert reply.headers["Retry-After"]


async def test_what_is_outside_of_the_api_is_told_on_a_page(door: Door) -> None:
    reply = await door.get("nothing-here", role=None)
    assert reply.status == 404
    assert reply.headers["Content-Type"].startswith("text/html")
