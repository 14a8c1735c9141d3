"""Feeds over HTTP: added once, paused, resumed and removed."""

from datetime import timedelta

from tests.tracker.api.door import Door, problem

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
