"""Polls from a turn in the schedule to documents and drafts in the log."""

from datetime import UTC, datetime, timedelta

from projections.views.documents import Document
from tests.feeds.site import Reader, Site
from tracker.domain.base import EVERYTHING
from tracker.domain.document import DocumentReceived
from tracker.domain.feed import PauseFeed

CHANGE = "Ecuador has suspended visa-free entry for Chinese nationals from July 1, 2030."
OTHER = "Peru has suspended visa-free entry for Chilean nationals from July 1, 2030."


async def test_an_item_is_new_once_however_often_it_is_polled(site: Site, reader: Reader) -> None:
    site.item("a", CHANGE)
    assert await reader.poll() == ("ok", 1, 0, 0)
    head = await reader.parts.reader.head()

    assert await reader.poll() == ("ok", 0, 0, 1)
    site.items.clear()
    site.item("b", OTHER)
    assert await reader.poll() == ("ok", 1, 0, 0)
    site.item("a", CHANGE)  # it comes back after it had left the window
    assert await reader.poll() == ("ok", 0, 0, 2)
    assert await reader.parts.reader.head() == head + 2
    assert await reader.drafts() == 2


async def test_the_new_items_of_a_response_are_one_append_in_the_order_of_their_dates(
    site: Site, reader: Reader
) -> None:
    now = datetime.now(UTC)
    site.item("b", OTHER, now)
    site.item("a", CHANGE, now - timedelta(hours=1))
    assert await reader.poll() == ("ok", 2, 0, 0)

    head = await reader.parts.reader.head()
    events = await reader.parts.reader.read(EVERYTHING, after=head - 4)
    assert [e.type for e in events] == ["document-received", "draft-proposed"] * 2
    assert len({e.correlation_id for e in events}) == 1
    guids = [e.event.guid for e in events if isinstance(e.event, DocumentReceived)]
    assert guids == ["a", "b"]


async def test_an_edit_is_a_revision_and_only_a_substantive_one_proposes_again(
    site: Site, reader: Reader
) -> None:
    site.item("a", "Nothing to see here.")
    await reader.poll()
    site.item("a", "Nothing to see here!")
    assert await reader.poll() == ("ok", 0, 1, 0)
    assert await reader.drafts() == 0
    site.item("a", CHANGE)
    assert await reader.poll() == ("ok", 0, 1, 0)
    assert await reader.drafts() == 1

    (document,) = await reader.parts.views.select(Document)
    assert (document.versions, document.last_diff) == (3, "substantive")
    raw = await reader.parts.evidence.get(document.raw_sha256)
    assert raw
    assert CHANGE.encode() in raw


async def test_validators_are_sent_back_as_they_came(site: Site, reader: Reader) -> None:
    site.headers = {"ETag": 'W/"odd, one"', "Last-Modified": "Sat, 21 Nov 2026 09:00:00 GMT"}
    site.item("a", CHANGE)
    await reader.poll()

    assert await reader.poll() == ("unchanged", 0, 0, 0)
    assert site.asked[1]["if-none-match"] == 'W/"odd, one"'
    assert site.asked[1]["if-modified-since"] == "Sat, 21 Nov 2026 09:00:00 GMT"


async def test_on_the_first_poll_old_items_are_kept_and_propose_nothing(
    site: Site, reader: Reader
) -> None:
    now = datetime.now(UTC)
    site.item("old", CHANGE, now - timedelta(days=3))
    site.item("new", OTHER, now - timedelta(days=1))
    assert await reader.poll() == ("ok", 2, 0, 0)
    assert await reader.drafts() == 1


async def test_a_page_in_place_of_the_feed_is_not_an_empty_feed(site: Site, reader: Reader) -> None:
    site.body = "<!doctype html><html><head><title>Just a moment</title></head><body>Checking"
    assert (await reader.poll())[0] == "html"
    (state,) = await reader.parts.schedule.state()
    assert (state.outcome, state.failures, state.succeeded_at) == ("html", 1, None)


async def test_a_failing_feed_is_asked_again_later_each_time(site: Site, reader: Reader) -> None:
    waits: list[timedelta] = []
    site.status = 500
    for _ in range(3):
        assert (await reader.poll())[0] == "http-error"
        (state,) = await reader.parts.schedule.state()
        assert state.polled_at
        waits.append(state.next_at - state.polled_at)
    assert waits[0] < waits[1] < waits[2]
    site.status = 200
    site.item("a", CHANGE)
    assert await reader.poll() == ("ok", 1, 0, 0)
    (state,) = await reader.parts.schedule.state()
    assert state.failures == 0


async def test_a_server_that_asks_for_patience_gets_it(site: Site, reader: Reader) -> None:
    site.status, site.headers = 429, {"Retry-After": "7200"}
    before = datetime.now(UTC)
    assert (await reader.poll())[0] == "http-error"
    (state,) = await reader.parts.schedule.state()
    assert state.next_at >= before + timedelta(hours=2)


async def test_a_turn_is_given_to_one_poller_only(site: Site, reader: Reader) -> None:
    await reader.polling.learn()
    first = await reader.parts.schedule.claim(10, timedelta(minutes=1))
    second = await reader.parts.schedule.claim(10, timedelta(minutes=1))
    assert (len(first), second) == (1, [])


async def test_a_paused_feed_is_due_no_more(site: Site, reader: Reader) -> None:
    command = PauseFeed(feed=reader.feed, reason="too loud")
    await reader.parts.executor.execute(command, await reader.parts.operator())
    await reader.polling.tick()
    assert await reader.parts.schedule.state() == []
    assert site.asked == []
