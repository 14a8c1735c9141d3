"""Silence that can be trusted, on a real log and through a real webhook."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from projections.alerts.assurer import Assurer
from projections.runner import Runner
from projections.views import entry_rules, feeds, inbox
from tests.projections.alerts.conftest import Tracker
from tests.projections.folding import change
from tracker.domain.document import DocumentReceived
from tracker.domain.feed import FeedAdded, FeedPaused
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import SubscriptionChanged, SubscriptionClosed

VISA_FREE = change("visa-free", "2016-08-15", action="introduced")
SUSPENDED = change("visa-free-suspended", "2090-07-01", action="suspended")
PE_CN = Filter(destinations=("PE",), nationalities=("CN",))
FEED = str(uuid4())
POLLED = """
insert into app.feed_schedule (feed, host, next_at, polled_at, succeeded_at, failures, message)
values (%(feed)s, 'example.org', %(now)s, %(now)s, %(now)s, %(failures)s, 'the server said 503')
on conflict (feed) do update set failures = excluded.failures, next_at = excluded.next_at,
    succeeded_at = case when excluded.failures = 0 then excluded.succeeded_at
                        else app.feed_schedule.succeeded_at end
"""


def assurer(tracker: Tracker) -> Assurer:
    """One as a process that just started has it."""
    return Assurer(tracker.deliver_database, tracker.clock, tracker.news)


async def settled(tracker: Tracker) -> None:
    """Fold and match all there is, so that the assurer finds it."""
    async with tracker.place.open("tracker_view") as view:
        runner = Runner(view, (entry_rules.VIEW, feeds.VIEW, inbox.VIEW))
        await runner.prepare()
        await runner.catch_up()
    await tracker.matcher().catch_up()


async def polled(tracker: Tracker, failures: int = 0, feed: str = FEED) -> None:
    """Have a feed be polled."""
    host = "insert into app.feed_host (host, free_at) values ('example.org', now())"
    await tracker.application.run(f"{host} on conflict do nothing")
    named = {"feed": feed, "failures": failures, "now": tracker.now}
    await tracker.application.run(POLLED, named)


def sent(tracker: Tracker) -> list[dict[str, Any]]:
    """What the receiver was told."""
    return [json.loads(body) for _, body in tracker.receiver.requests]


async def test_a_new_subscription_is_confirmed_once_with_its_state_and_its_back_test(
    tracker: Tracker,
) -> None:
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.subscribe(await tracker.channel())
    await settled(tracker)

    first, second = assurer(tracker), assurer(tracker)
    await asyncio.gather(first.confirm(), second.confirm(), return_exceptions=True)
    assert await assurer(tracker).confirm() == 0
    assert await tracker.deliverer().deliver_due() == 1

    (message,) = sent(tracker)
    assert message["type"] == "alert.confirmation"
    assert message["data"]["position"] == 3
    lines = message["data"]["lines"]
    assert lines[2].strip() == (
        "Ecuador, for China: visa-free since 2016-08-15; visa-free entry suspended from 2090-07-01"
    )
    assert lines[3].startswith("In the past year 1 event would have been told of")
    assert "Ecuador, for China: visa-free → visa-free entry suspended" in lines[5]

    # Even where somebody resets the cursor, the ids are the same.
    await tracker.deliver_database.run("update alert.cursor set position = 0")
    assert await assurer(tracker).confirm() == 0


async def test_another_filter_is_confirmed_again_and_another_pace_is_not(tracker: Tracker) -> None:
    channel = await tracker.channel()
    name = await tracker.subscribe(channel)
    closed = await tracker.subscribe(channel)
    await tracker.record(SubscriptionClosed(subscription=closed))
    await settled(tracker)
    assert await assurer(tracker).confirm() == 1

    changed = SubscriptionChanged(subscription=name, channel=channel, filter=PE_CN)
    await tracker.record(changed, msgspec.structs.replace(changed, pacing=Pacing(digest="daily")))
    await settled(tracker)
    assert await assurer(tracker).confirm() == 1

    await tracker.deliverer().deliver_due()
    assert sorted(m["data"]["subject"] for m in sent(tracker)) == [
        "Subscription changed",
        "Subscription opened",
    ]


async def test_a_week_of_nothing_gives_one_note_though_two_look_and_restart(
    tracker: Tracker,
) -> None:
    tracker.now = datetime.now(UTC)
    channel = await tracker.channel()
    await tracker.subscribe(channel)
    off = await tracker.subscribe(channel)
    await tracker.record(
        FeedAdded(feed=FEED, url="https://example.org/rss", title="Gazette"),
        SubscriptionChanged(
            subscription=off, channel=channel, filter=PE_CN, pacing=Pacing(weekly_note=False)
        ),
    )
    await settled(tracker)
    assert await assurer(tracker).note_weeks() == 0

    tracker.later(timedelta(days=7).total_seconds())
    await polled(tracker)
    made = await asyncio.gather(assurer(tracker).note_weeks(), assurer(tracker).note_weeks())
    assert sorted(made) == [0, 1]
    assert await assurer(tracker).note_weeks() == 0
    await tracker.deliverer().deliver_due()

    (message,) = sent(tracker)
    assert message["type"] == "alert.silence"
    assert message["data"]["subject"] == "Nothing changed"
    nothing, alive, read = message["data"]["lines"]
    assert nothing.endswith("when this subscription was opened.")
    assert alive == "The one feed behind it is alive:"
    assert read.startswith("  Gazette, last read ")
    assert (message["data"]["position"], len(message["data"]["root"])) == (4, 64)

    await tracker.record(VISA_FREE, SUSPENDED)
    await settled(tracker)
    tracker.later(timedelta(days=7).total_seconds())
    assert await assurer(tracker).note_weeks() == 1
    await tracker.deliverer().deliver_due()
    assert "1 alert in the past week" in {m["data"]["subject"] for m in sent(tracker)}


async def test_a_note_waits_until_all_is_matched_and_says_so_where_that_takes_long(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    await settled(tracker)
    await assurer(tracker).note_weeks()
    await tracker.record(VISA_FREE)
    days = (7 - tracker.now.weekday()) % 7 or 7
    tracker.now = tracker.now.replace(hour=9, minute=5) + timedelta(days=days)

    assert await assurer(tracker).note_weeks() == 0
    tracker.later(3600)
    assert await assurer(tracker).note_weeks() == 1
    (message,) = await tracker.outbox.messages()
    assert message.note
    assert "1 later event of the log" in message.note.lines[1]


async def test_a_failing_feed_is_told_of_once_and_once_when_it_lives(tracker: Tracker) -> None:
    channel = await tracker.channel()
    served = await tracker.subscribe(channel)
    await tracker.subscribe(channel, destinations=("PE",))
    await tracker.record(
        FeedAdded(feed=FEED, url="https://example.org/rss", title="Gazette"),
        DocumentReceived(
            document=str(uuid4()), url="https://example.org/1", title="Visas", feed=FEED,
            guid="1", text_sha256="0" * 64, raw_sha256="0" * 64, names=("EC",),
        ),
    )  # fmt: skip
    await settled(tracker)
    await polled(tracker, failures=2)
    assert await assurer(tracker).look_at_feeds() == 0

    for later_h, failures, notices in (
        (0, 3, [0, 1]), (0, 4, [0, 0]), (0, 0, [0, 1]), (30, 3, [0, 1]), (0, 0, [0, 1]),
    ):  # fmt: skip
        tracker.later(60 + 3600 * later_h)
        await polled(tracker, failures)
        looking = (assurer(tracker).look_at_feeds() for _ in range(2))
        assert sorted(await asyncio.gather(*looking)) == notices
        await tracker.deliverer().deliver_due()

    told = [m["data"] for m in sent(tracker)]
    assert {one["subscription"] for one in told} == {served}
    assert [one["subject"] for one in told] == [
        "Blind spot: Gazette",
        "Read again: Gazette",
    ] * 2
    assert "failed at its last 3 polls (the server said 503)" in told[0]["lines"][0]


async def test_a_feed_that_comes_and_goes_is_told_of_twice_and_once_when_it_has_settled(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(FeedAdded(feed=FEED, url="https://example.org/rss", title="Gazette"))
    await settled(tracker)
    for hours, failures, notices in (
        (0, 3, 1), (1, 0, 1), (1, 3, 1),
        *((1, failures, 0) for failures in (0, 3, 0, 5, 0)),
        (23, 1, 0), (2, 0, 1), (30, 3, 1),
    ):  # fmt: skip
        tracker.later(60 + 3600 * hours)
        await polled(tracker, failures)
        assert await assurer(tracker).look_at_feeds() == notices, (hours, failures)
    told = [m.note for m in reversed(await tracker.outbox.messages()) if m.note]
    assert [note.subject.partition(":")[0] for note in told] == [
        "Blind spot", "Read again", "Blind spot", "Read again", "Blind spot",
    ]  # fmt: skip
    assert ["for a whole day" in note.lines[-1] for note in told] == [
        False, False, True, False, False,
    ]  # fmt: skip


async def test_what_cannot_be_confirmed_keeps_nothing_else_from_being_told(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(
        FeedAdded(feed=FEED, url="https://example.org/rss"), FeedPaused(feed=FEED, reason="gone")
    )
    await settled(tracker)
    await polled(tracker)
    async with tracker.place.open("tracker_view") as view:
        await view.run("alter table view.entry_fact rename to lost")
    with pytest.raises(Exception, match="entry_fact"):
        await assurer(tracker).confirm()
    running = asyncio.create_task(assurer(tracker).run())
    async with asyncio.timeout(20):
        await tracker.news.wait()
    running.cancel()
    (message,) = await tracker.outbox.messages()
    assert message.kind == "notice"


@pytest.mark.parametrize("polls", [0, 1])
async def test_a_feed_that_is_paused_is_a_blind_spot_only_if_it_was_ever_read(
    tracker: Tracker, polls: int
) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(
        FeedAdded(feed=FEED, url="https://example.org/rss"), FeedPaused(feed=FEED, reason="gone")
    )
    await settled(tracker)
    for _ in range(polls):
        await polled(tracker)
    assert await assurer(tracker).look_at_feeds() == polls


async def test_an_erasure_forgets_the_words_of_a_confirmation(tracker: Tracker) -> None:
    _, told = await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.subscribe(await tracker.channel())
    await settled(tracker)
    await assurer(tracker).confirm()

    await tracker.outbox.erase([str(uuid4())])
    (before,) = await tracker.outbox.messages()
    await tracker.outbox.erase([str(told)])

    (after,) = await tracker.outbox.messages()
    assert "suspended" in repr(before.note)
    assert "suspended" not in repr(after.note)
    assert await tracker.deliverer().deliver_due() == 1
