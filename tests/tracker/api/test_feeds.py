"""Feeds over HTTP: added once, paused, resumed and removed."""

from datetime import timedelta

from tests.tracker.api.door import Door, problem
from tests.tracker.api.test_access import SOME_ID
from tracker.tables.feed_access import FeedAccess
from tracker.tables.sealing import Sealer

FEED = {"url": "https://news.example/rss.xml", "title": "News", "language": "en"}


async def feeds(door: Door) -> list[tuple[str, str]]:
    """Id and status of every feed."""
    await door.parts.settle()
    found = (await door.get("/feeds")).body["feeds"]
    return [(f["feed"]["feed"], f["feed"]["status"]) for f in found]


async def test_a_feed_is_added_paused_resumed_and_removed(door: Door) -> None:
    assert (await door.post("/feeds", FEED, role="analyst")).status == 201
    [(feed, status)] = await feeds(door)
    assert status == "active"
    assert (await door.post(f"/feeds/{feed}/pause", {"reason": "too loud"})).status == 201
    assert await feeds(door) == [(feed, "paused")]
    paused = await door.post(f"/feeds/{feed}/pause", {"reason": "too loud"})
    assert (paused.status, paused.body["event"]) == (200, None)
    assert (await door.post(f"/feeds/{feed}/resume")).status == 201
    assert await feeds(door) == [(feed, "active")]
    removed = await door.call("DELETE", f"/feeds/{feed}")
    assert (removed.status, removed.body["type"]) == (200, "feed-removed")
    assert await feeds(door) == []
    assert problem(await door.post(f"/feeds/{feed}/resume")) == (404, "not-found", "feed")


async def test_a_feed_shows_its_place_in_the_schedule(door: Door) -> None:
    await door.post("/feeds", FEED)
    [(feed, _)] = await feeds(door)
    assert (await door.get("/feeds")).body["feeds"][0]["schedule"] is None
    await door.parts.schedule.ensure({feed: "example.org"})
    schedule = (await door.get("/feeds")).body["feeds"][0]["schedule"]
    assert (schedule["outcome"], schedule["failures"]) == (None, 0)
    assert schedule["next_at"]


async def test_a_feed_is_added_once(door: Door) -> None:
    await door.post("/feeds", FEED)
    assert problem(await door.post("/feeds", FEED)) == (409, "conflict", "url")


async def test_an_address_that_may_not_be_dialled_is_no_feed(door: Door) -> None:
    for url in ("http://169.254.169.254/latest", "file:///etc/passwd", "http://127.0.0.1/", "x"):
        reply = await door.post("/feeds", {"url": url})
        assert problem(reply) == (400, "refused", "url"), url
    assert await door.parts.reader.head() == 0


async def test_a_feed_is_polled_at_the_next_tick_when_asked(door: Door) -> None:
    await door.post("/feeds", FEED)
    [(feed, _)] = await feeds(door)
    assert problem(await door.post(f"/feeds/{feed}/poll")) == (404, "not-found", "feed")
    await door.parts.schedule.ensure({feed: "example.org"})
    asked = await door.post(f"/feeds/{feed}/poll", role="analyst")
    assert asked.status == 202
    assert len(await door.parts.schedule.claim(10, timedelta(minutes=1))) == 1


async def test_what_is_set_for_a_feed_is_changed_and_reset(door: Door) -> None:
    await door.post("/feeds", FEED)
    [(feed, _)] = await feeds(door)
    body = {"title": "Other", "include": ["visa"], "reset": ["language"]}
    changed = await door.call("PATCH", f"/feeds/{feed}", json=body, role="analyst")
    assert (changed.status, changed.body["type"]) == (200, "feed-changed")
    await door.parts.settle()
    one = (await door.get(f"/feeds/{feed}", role="reader")).body
    assert (one["feed"]["title"], one["feed"]["include"]) == ("Other", ["visa"])
    assert (one["feed"]["language"], one["health"]["level"]) == (None, "new")
    again = await door.call("PATCH", f"/feeds/{feed}", json={"title": "Other"})
    assert again.body["event"] is None
    wrong = await door.call("PATCH", f"/feeds/{feed}", json={"interval_s": 0})
    assert problem(wrong) == (400, "refused", "interval_s")
    assert problem(await door.get(f"/feeds/{SOME_ID}")) == (404, "not-found", "feed")


async def test_a_look_at_an_address_that_may_not_be_dialled_is_refused(door: Door) -> None:
    reply = await door.post("/feeds/test", {"url": "http://127.0.0.1/feed"}, role="analyst")
    assert problem(reply) == (400, "refused", "url")
    assert await door.parts.reader.head() == 0


async def test_headers_and_a_proxy_are_named_but_never_shown(door: Door) -> None:
    await door.post("/feeds", FEED)
    [(feed, _)] = await feeds(door)
    headers = {"headers": {"Authorization": "Bearer hunter2"}}
    proxy = {"proxy": "http://me:swordfish@proxy.example:3128"}
    # Without a key of the settings nothing is kept at all.
    refused = await door.call("PUT", f"/feeds/{feed}/headers", json=headers)
    assert problem(refused) == (400, "refused", "TRACKER_SECRET_KEY")

    door.parts.ways.table = FeedAccess(door.parts.database, door.parts.clock, Sealer([bytes(32)]))
    kept = await door.call("PUT", f"/feeds/{feed}/headers", json=headers, role="analyst")
    assert kept.body == {"headers": ["authorization"], "proxy": False}
    by_analyst = await door.call("PUT", f"/feeds/{feed}/proxy", json=proxy, role="analyst")
    assert problem(by_analyst) == (403, "forbidden", None)
    assert (await door.call("PUT", f"/feeds/{feed}/proxy", json=proxy)).body["proxy"] is True
    answers = [kept.data, (await door.get("/feeds")).data, (await door.get(f"/feeds/{feed}")).data]
    assert not any(word in data for data in answers for word in (b"hunter2", b"swordfish"))
    assert b"proxy.example" not in b"".join(answers)

    dropped = await door.call("DELETE", f"/feeds/{feed}/headers")
    assert dropped.body == {"headers": [], "proxy": True}
    await door.call("DELETE", f"/feeds/{feed}")
    assert await door.parts.ways.table.kept() == {}
    gone = await door.call("PUT", f"/feeds/{feed}/headers", json=headers)
    assert problem(gone) == (404, "not-found", "feed")


async def test_a_list_goes_in_and_comes_out(door: Door) -> None:
    listed = (
        b'<opml><body><outline type="rss" text="N" xmlUrl="https://n.example/rss"/></body></opml>'
    )
    key = {"Idempotency-Key": "once"}
    for _ in range(2):
        taken = await door.call("POST", "/feeds/opml", data=listed, headers=key, role="analyst")
        assert [feed["title"] for feed in taken.body["added"]] == ["N"]
    out = await door.get("/feeds/opml", role="reader")
    assert b'xmlUrl="https://n.example/rss"' in out.data
    assert out.headers["Content-Type"].startswith("text/x-opml")
    assert problem(await door.call("POST", "/feeds/opml", data=b"no"))[:2] == (400, "refused")
