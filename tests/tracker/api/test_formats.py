"""A list is also had as CSV, NDJSON and CloudEvents, by every route that gives one."""

import csv
import io

import msgspec
import pytest

from tests.tracker.api.door import Door, Reply, problem
from tracker.api.formats import CLOUD_EVENTS, CSV, JSON, NDJSON, as_csv, offered


class Line(msgspec.Struct):
    """A row of anything."""

    text: str
    number: int = 0
    nested: tuple[str, ...] = ()
    missing: str | None = None


async def asked(door: Door, path: str, accept: str) -> Reply:
    return await door.get(path, headers={"accept": accept})


async def test_what_a_spreadsheet_takes_for_a_formula_is_a_text() -> None:
    rows = [Line(text) for text in ("=1+1", "+1", "-1", "@sum", "\t=1", "plain, with a comma")]
    told = list(csv.reader(io.StringIO(as_csv(Line, rows).decode())))
    assert told[0] == ["text", "number", "nested", "missing"]
    assert [line[0] for line in told[1:]] == [
        "'=1+1", "'+1", "'-1", "'@sum", "'\t=1", "plain, with a comma",
    ]  # fmt: skip


async def test_numbers_stay_numbers_and_what_is_nested_is_json() -> None:
    told = list(csv.reader(io.StringIO(as_csv(Line, [Line("a", -5, ("b", "c"))]).decode())))
    assert told[1] == ["a", "-5", '["b","c"]', ""]


async def test_a_list_is_had_in_every_form_that_it_offers(door: Door) -> None:
    await door.change("visa-required", "2024-07-01")
    as_json = (await asked(door, "/timeline", JSON)).body["events"]
    lines = await asked(door, "/timeline", NDJSON)
    assert lines.headers["Content-Type"].startswith(NDJSON)
    assert [msgspec.json.decode(line) for line in lines.data.splitlines()] == as_json
    table = await asked(door, "/timeline", f"text/html, {CSV};q=0.9")
    assert table.headers["Content-Type"] == f"{CSV}; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(table.data.decode())))
    assert [row["headline"] for row in rows] == [line["headline"] for line in as_json]
    assert "accept" in table.headers["Vary"]


async def test_the_forms_of_one_address_have_tags_of_their_own(door: Door) -> None:
    tag = (await asked(door, "/timeline", JSON)).headers["ETag"]
    held = {"accept": CSV, "if-none-match": tag}
    assert (await door.get("/timeline", headers=held)).status == 200
    held["if-none-match"] = (await asked(door, "/timeline", CSV)).headers["ETag"]
    assert (await door.get("/timeline", headers=held)).status == 304


async def test_events_are_a_batch_of_cloud_events(door: Door) -> None:
    await door.change("visa-required", "2024-07-01")
    reply = await asked(door, "/events?type=policy-changed&limit=1", CLOUD_EVENTS)
    assert reply.headers["Content-Type"].startswith(CLOUD_EVENTS)
    (event,) = reply.body
    assert (event["specversion"], event["type"]) == ("1.0", "tracker.policy-changed")
    assert event["data"]["jurisdiction"] == "EC"
    assert reply.headers["Tracker-Next"] == str(event["position"])


async def test_the_whole_table_is_had_as_a_row_for_every_cell(door: Door) -> None:
    await door.change("visa-required", "2024-07-01")
    reply = await asked(door, "/entry-rules?valid_at=2024-08-01", CSV)
    rows = list(csv.DictReader(io.StringIO(reply.data.decode())))
    assert {"destination": "EC", "nationality": "CN", "regime": "visa-required"} in rows


@pytest.mark.parametrize("accept", ["image/png", "application/xml;q=0.5", "nonsense", ";", "/"])
async def test_what_is_not_there_is_refused_with_what_is(door: Door, accept: str) -> None:
    refused = await asked(door, "/timeline", accept)
    assert problem(refused)[:2] == (406, "not-acceptable")
    assert NDJSON in refused.body["detail"]
    assert CLOUD_EVENTS not in refused.body["detail"]
    assert problem(await asked(door, "/openapi.json", "text/csv"))[0] == 406


async def test_most_lists_of_the_api_have_all_forms(door: Door) -> None:
    lists = {
        route.path
        for route in door.app.routes
        for handler in getattr(route, "route_handlers", ())
        if route.path.startswith("/api/v1/") and CSV in offered(handler)
    }
    assert {"/api/v1/entry-rules", "/api/v1/policies", "/api/v1/statements"} <= lists
    assert len(lists) > 25
