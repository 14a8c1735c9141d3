"""Links that need no sign-in: alerts as Atom, JSON Feed and a stream; unsubscribing by one click."""

import asyncio
from email import message_from_bytes
from email.policy import default
from importlib import import_module
from typing import Any

import aiohttp

from projections.alerts.channel import Means
from projections.alerts.matcher import Matcher
from tests.projections.alerts.mailbox import Mailbox
from tests.tracker.api.door import Door, problem
from tracker.wiring import deliverer_of

NEW = {"filter": {"destinations": ["EC"], "nationalities": ["CN"]}}


async def subscribed(door: Door) -> str:
    """A subscription that is read, to Ecuador's rule for Chinese passports."""
    await door.change("visa-free", "2016-08-01")
    made = (await door.post("/channels", {"pull": {}}, role="analyst")).written
    assert made["secret"] is None
    body = (
        await door.post("/subscriptions", {**NEW, "channel": made["channel"]}, role="analyst")
    ).written
    await door.parts.settle()
    return body["subscription"]


async def alerted(door: Door, year: int) -> None:
    """A change, and the alert that is owed because of it."""
    await door.change("visa-required" if year % 2 else "visa-free", f"{year}-01-01")
    matcher = Matcher(door.parts.deliver_database, door.parts.clock, asyncio.Event())
    await matcher.catch_up()


async def links(door: Door, subscription: str) -> dict[str, str]:
    """Where it is read, on the test's own server."""
    found = (await door.get(f"/subscriptions/{subscription}/links", role="analyst")).body
    base = door.parts.public_url
    return {name: url.removeprefix(f"{base}/") for name, url in found.items()}


async def events(door: Door, path: str, count: int, last: str | None = None) -> list[Any]:
    """The next events of a stream, as id and data; then the connection is dropped."""
    found: list[Any] = []
    headers = {"Last-Event-ID": last} if last else {}
    async with (
        asyncio.timeout(10),
        aiohttp.ClientSession() as session,
        session.get(f"{door.base}/{path}", headers=headers) as answer,
    ):
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        named = ""
        while len(found) < count:
            name, _, value = (await answer.content.readline()).decode().strip().partition(": ")
            if name == "id":
                named = value
            elif name == "data":
                found.append((named, value))
    return found


async def test_alerts_are_read_as_atom_and_as_json_feed(door: Door) -> None:
    subscription = await subscribed(door)
    for year in (2031, 2032):
        await alerted(door, year)
    where = await links(door, subscription)

    atom = await door.get(where["atom"], role=None)
    parse = import_module("feedparser").parse  # it has no types
    read = parse(atom.data, response_headers={"content-type": atom.headers["Content-Type"]})
    assert not read.bozo
    assert read.version == "atom10"
    assert [entry.title for entry in read.entries] == [
        "Ecuador, for China: visa required → visa-free from 2032-01-01",
        "Ecuador, for China: visa-free → visa required from 2031-01-01",
    ]
    feed = await door.get(where["json_feed"], role=None)
    assert feed.headers["Content-Type"].startswith("application/feed+json")
    assert feed.body["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in feed.body["items"]] == [entry.id for entry in read.entries]
    assert feed.body["items"][0]["_alert"]["data"]["position"] > 0
    stranger = f"{where['atom'].rsplit('/', 2)[0]}/AAAA/atom"
    assert (await door.get(stranger, role=None)).status == 404
    foreign = await door.get(f"/subscriptions/{subscription}/links", role="auditor")
    assert problem(foreign)[0] == 403


async def test_a_stream_that_drops_and_resumes_misses_nothing_and_repeats_nothing(
    door: Door,
) -> None:
    stream = (await links(door, subscription := await subscribed(door)))["stream"]
    for year in (2031, 2032, 2033):
        await alerted(door, year)
    first = await events(door, stream, 2)
    waiting = asyncio.create_task(events(door, stream, 3, last=first[-1][0]))
    for year in (2034, 2035):
        await alerted(door, year)
    rest = await waiting

    ids = [named for named, _ in first + rest]
    assert len(set(ids)) == 5
    listed = (await door.get(f"/alerts?subscription={subscription}", role="analyst")).body
    assert ids == [f"{a['position']}-{a['number']}" for a in reversed(listed["alerts"])]
    position = listed["alerts"][1]["position"]
    assert await events(door, stream, 1, last=str(position)) == rest[-1:]


async def test_one_click_in_a_mail_that_was_sent_closes_the_subscription(door: Door) -> None:
    await door.change("visa-free", "2016-08-01")
    made = (await door.post("/channels", {"email": {"address": "ana@example.org"}})).written
    opened = (await door.post("/subscriptions", {**NEW, "channel": made["channel"]})).written
    await alerted(door, 2031)
    async with Mailbox() as mailbox, aiohttp.ClientSession() as session:
        means = Means(session, mailbox.mail())
        deliverer = deliverer_of(door.parts, asyncio.Event(), means=means)
        assert await deliverer.deliver_due() == 1
    mail = message_from_bytes(mailbox.received[0], policy=default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")

    path = link.removeprefix(f"{door.parts.public_url}/")
    click = {"List-Unsubscribe": "One-Click"}
    assert (await door.call("POST", path, role=None, data=click)).status == 200
    (recorded,) = (await door.get("/events?type=subscription-closed")).body["events"]
    assert recorded["payload"]["subscription"] == opened["subscription"]
    await alerted(door, 2032)
    assert len((await door.get("/alerts")).body["alerts"]) == 1


async def test_one_click_unsubscribes_and_is_recorded(door: Door) -> None:
    subscription = await subscribed(door)
    token = await door.parts.links.token("unsubscribe", subscription)
    path = f"unsubscribe/{subscription}/{token}"
    looked = await door.get(path, role=None)
    assert (looked.status, b"<button>" in looked.data) == (200, True)
    await door.parts.settle()
    assert len((await door.get("/subscriptions", role="analyst")).body["subscriptions"]) == 1

    click = {"List-Unsubscribe": "One-Click"}
    assert (await door.call("POST", path, role=None, data=click)).status == 200
    assert (await door.call("POST", path, role=None, data=click)).status == 200
    await door.parts.settle()
    assert (await door.get("/subscriptions", role="analyst")).body["subscriptions"] == []
    (recorded,) = (await door.get("/events?type=subscription-closed")).body["events"]
    assert recorded["payload"]["reason"] == "the reader of a message unsubscribed by its link"
    wrong = await door.parts.links.token("read", subscription)
    assert (await door.get(f"unsubscribe/{subscription}/{wrong}", role=None)).status == 404
