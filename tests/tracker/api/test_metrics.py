"""Metrics, readiness, the names of requests, and who may look."""

import re
from pathlib import Path
from typing import Any

from litestar.testing import AsyncTestClient

from tests.place import Place, parts_at
from tests.tracker.api.door import Door
from tracker import logs
from tracker.api.measuring import Measured, Meter, request_id
from tracker.web import application


async def test_metrics_are_in_the_form_of_prometheus_and_name_no_address(door: Door) -> None:
    await door.change("visa-free", "2016-08-01")
    text = (await door.get("/metrics")).data.decode()
    assert re.search(r"^tracker_log_position 1\.0$", text, re.MULTILINE)
    assert 'tracker_view_lag_events{view="entry_rules"} 0.0' in text
    assert 'tracker_alert_messages{status="owed"} 0.0' in text
    assert 'tracker_feeds{state="failing"} 0.0' in text


async def test_rules_and_dashboard_ask_for_metrics_that_there_are(door: Door) -> None:
    text = (await door.get("/metrics")).data.decode()
    known = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    deploy = Path(__file__).parents[3] / "deploy"
    asked = "".join(
        (deploy / name).read_text("utf-8")
        for name in ("prometheus/rules.yaml", "grafana/policy-tracker.json")
    )
    used = {re.sub("_bucket$", "", name) for name in re.findall(r"\btracker_[a-z_]+", asked)}
    assert len(used) > 12
    assert used - known == set()


async def test_requests_are_counted_by_route_and_carry_the_name_they_came_with() -> None:
    heard: list[str | None] = []
    sent: list[Any] = []
    meter = Meter()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.append(logs.request.get())
        if scope["path"] == "/known":
            scope["path_template"] = "/{word}"
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    for path in ("/known", "/a/b/c"):
        scope: Any = {
            "type": "http", "method": "GET", "path": path, "headers": [(b"x-request-id", b"desk-7")],
        }  # fmt: skip
        await Measured(app, meter)(scope, receive, send)
    assert heard == ["desk-7", "desk-7"]
    assert sent[0]["headers"] == [(b"x-request-id", b"desk-7")]
    assert logs.request.get() is None
    routes = {
        sample.labels["route"]: sample.value
        for family in meter.requests.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    }
    assert routes == {"/{word}": 1, "none": 1}


def test_a_request_is_called_what_its_trace_is_called_and_never_anything_odd() -> None:
    trace = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert request_id([(b"traceparent", trace)]) == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert re.fullmatch("[0-9a-f]{32}", request_id([(b"x-request-id", b"a b\nc")]))


async def test_a_process_that_ends_says_that_it_is_not_ready(place: Place) -> None:
    async with parts_at(place) as parts:
        app = application(parts)
        async with AsyncTestClient(app) as client:
            assert (await client.get("/api/v1/health/ready")).json()["status"] == "ready"
            app.state["draining"] = True
            ending = await client.get("/api/v1/health/ready")
    assert (ending.status_code, ending.json()["status"]) == (503, "not ready")
