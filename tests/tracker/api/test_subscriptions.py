"""Subscriptions, channels and alerts: everybody's own, secrets shown once."""

import asyncio
from typing import Any

from projections.alerts.matcher import Matcher
from projections.alerts.outbox import Outbox
from tests.tracker.api.door import Door, problem

HOOK = "https://receiver.example/hook"
NEW = {"filter": {"destinations": ["EC"], "nationalities": ["CN"]}, "webhook": {"url": HOOK}}


async def opened(door: Door, role: str = "analyst") -> Any:
    """A subscription to Ecuador's rule for Chinese passports."""
    body = (await door.post("/subscriptions", NEW, role=role)).written
    await door.parts.settle()
    return body


async def test_a_subscription_with_a_webhook_shows_the_secret_once(door: Door) -> None:
    body = await opened(door)
    assert body["secret"].startswith("whsec_")
    [own] = (await door.get("/subscriptions", role="analyst")).body["subscriptions"]
    assert own["subscription"] == body["subscription"]
    assert own["filter"] == NEW["filter"]
    listed = await door.get("/channels", role="analyst")
    assert [c["url"] for c in listed.body["channels"]] == [HOOK]
    for place in (
        listed,
        await door.get("/subscriptions", role="analyst"),
        await door.get("/events"),
    ):
        assert body["secret"].encode() not in place.data
    assert HOOK.encode() not in (await door.get("/events")).data


async def test_a_subscription_may_use_a_channel_that_is_there(door: Door) -> None:
    made = (await door.post("/channels", {"webhook": {"url": HOOK}}, role="analyst")).body
    new = {"filter": {"countries": ["ECU"]}, "channel": made["channel"]}
    body = (await door.post("/subscriptions", new, role="analyst")).written
    assert (body["channel"], body["secret"]) == (made["channel"], None)


async def test_what_belongs_to_somebody_else_is_not_shown_nor_ended(door: Door) -> None:
    body = await opened(door, "admin")
    assert (await door.get("/subscriptions", role="analyst")).body["subscriptions"] == []
    assert (await door.get("/channels", role="analyst")).body["channels"] == []
    new = {"filter": {"countries": ["EC"]}, "channel": body["channel"]}
    assert problem(await door.post("/subscriptions", new, role="analyst"))[:2] == (403, "forbidden")
    for path in (f"/subscriptions/{body['subscription']}", f"/channels/{body['channel']}"):
        assert problem(await door.call("DELETE", path, role="analyst"))[0] == 403


async def test_a_subscription_is_closed_by_whoever_opened_it(door: Door) -> None:
    path = f"/subscriptions/{(await opened(door))['subscription']}"
    closed = await door.call("DELETE", path, role="analyst")
    assert (closed.status, closed.body["type"]) == (200, "subscription-closed")
    await door.parts.settle()
    assert (await door.get("/subscriptions", role="analyst")).body["subscriptions"] == []
    again = await door.call("DELETE", path, role="analyst")
    assert (again.status, again.body["type"]) == (200, None)
    missing = "/subscriptions/018f0000-0000-7000-8000-000000000000"
    assert problem(await door.call("DELETE", missing))[0] == 404


async def test_a_subscription_sent_again_with_its_key_is_the_same(door: Door) -> None:
    key = {"Idempotency-Key": "subscribe-1"}
    first = (await door.post("/subscriptions", NEW, headers=key)).written
    again = (await door.post("/subscriptions", NEW, headers=key)).written
    assert again == first
    assert len((await door.get("/channels")).body["channels"]) == 1
    elsewhere = {**NEW, "webhook": {"url": f"{HOOK}/2"}}
    assert problem(await door.post("/subscriptions", elsewhere, headers=key))[0] == 409
    assert problem(await door.post("/channels", {"pull": {}}, headers=key))[0] == 409


async def test_a_subscription_that_is_wrong_leaves_nothing_behind(door: Door) -> None:
    for new, field in (
        ({"filter": {}, "webhook": {"url": HOOK}}, "filter"),
        ({"filter": {"destinations": ["XX"]}, "webhook": {"url": HOOK}}, "filter.destinations[0]"),
        ({"filter": {"destinations": ["EC"]}}, "channel"),
        ({**NEW, "webhook": {"url": "http://169.254.169.254/"}}, "webhook.url"),
        ({**NEW, "webhook": {"url": "nowhere"}}, "webhook.url"),
        ({**NEW, "webhook": {"url": HOOK, "secret": "short"}}, "secret"),
    ):
        assert problem(await door.post("/subscriptions", new)) == (400, "refused", field), new
    assert (await door.get("/channels")).body["channels"] == []
    assert await door.parts.reader.head() == 0


async def test_a_channel_is_forgotten(door: Door) -> None:
    made = (await door.post("/channels", {"webhook": {"url": HOOK}})).body
    assert (await door.call("DELETE", f"/channels/{made['channel']}")).status == 204
    assert (await door.get("/channels")).body["channels"] == []
    gone = await door.call("DELETE", f"/channels/{made['channel']}")
    assert problem(gone)[:2] == (404, "not-found")


async def test_alerts_are_listed_for_whoever_subscribed(door: Door) -> None:
    await door.change("visa-free", "2016-08-01")
    body = await opened(door)
    matcher = Matcher(door.parts.deliver_database, door.parts.clock, asyncio.Event())
    await matcher.catch_up()
    change = await door.change("visa-required", "2030-01-01")
    await matcher.catch_up()
    [alert] = (await door.get("/alerts?status=owed", role="analyst")).body["alerts"]
    assert (alert["subscription"], alert["kind"]) == (body["subscription"], "alert")
    assert [member["event"] for member in alert["members"]] == [change["event"]]
    assert alert["attempts"] == []
    assert (await door.get(f"/alerts/{alert['id']}", role="analyst")).body == alert
    assert (await door.get(f"/alerts/{alert['id']}", role="auditor")).body == alert
    assert (await door.get("/alerts", role="reader")).body["alerts"] == []
    assert problem(await door.get(f"/alerts/{alert['id']}", role="reader"))[0] == 404


async def test_a_subscription_is_changed_tested_and_held_against_the_past(door: Door) -> None:
    await door.change("visa-free", "2016-08-01")
    await door.change("visa-required", "2090-01-01")
    tried = await door.post("/subscriptions/backtest", {"filter": NEW["filter"]}, role="reader")
    assert [hit["position"] for hit in tried.body["hits"]] == [2]
    path = f"/subscriptions/{(await opened(door))['subscription']}"
    pacing = {"zone": "America/Guayaquil", "quiet": {"from": "22:00", "to": "07:00"}}
    new = {"pacing": pacing, "title": "Ecuador"}
    changed = await door.call("PATCH", path, json=new, role="analyst")
    assert (changed.status, changed.body["type"]) == (200, "subscription-changed")
    await door.parts.settle()
    [own] = (await door.get("/subscriptions", role="analyst")).body["subscriptions"]
    assert (own["pacing"], own["title"], own["filter"]) == (pacing, "Ecuador", NEW["filter"])
    wrong = {"pacing": {"zone": "Atlantis"}}
    refused = problem(await door.call("PATCH", path, json=wrong, role="analyst"))
    assert refused == (400, "refused", "pacing.zone")
    sent = await door.post(f"{path}/test", role="analyst")
    assert sent.status == 202
    [message] = await Outbox(door.parts.database).messages()
    assert (str(message.id), message.kind) == (sent.body["message"], "notice")


async def test_what_is_held_back_is_read_with_its_reason_and_acknowledged(door: Door) -> None:
    await door.change("visa-free", "2016-08-01")
    new = {**NEW, "pacing": {"muted_until": "2099-01-01"}}
    await door.post("/subscriptions", new, role="analyst")
    await door.change("visa-required", "2090-01-01")
    matcher = Matcher(door.parts.deliver_database, door.parts.clock, asyncio.Event())
    await matcher.catch_up()
    [held] = (await door.get("/alerts/held", role="analyst")).body["held"]
    assert held["held_because"] == "muted until 2099-01-01 23:59 UTC"
    assert (await door.get("/alerts/held", role="reader")).body["held"] == []
    path = f"/alerts/{held['id']}/acknowledge"
    assert (await door.get("/alerts/held", role="auditor")).body["held"] == [held]
    for role in ("reader", "auditor"):
        assert problem(await door.post(path, role=role)) == (403, "forbidden", "alert"), role
    for role in ("analyst", "admin"):
        assert (await door.post(path, role=role)).status == 204
    [held] = (await door.get("/alerts/held", role="analyst")).body["held"]
    assert held["acknowledged_at"]
