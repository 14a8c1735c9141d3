"""Parties, feeds and subscriptions: what their commands decide."""

import pytest

from tests.tracker.domain.telling import decided, past, uid
from tracker.domain.base import Command
from tracker.domain.errors import Conflict, NotFound, Refused
from tracker.domain.feed import (
    AddFeed,
    AddFeeds,
    ChangeFeed,
    FeedAdded,
    FeedChanged,
    FeedMoved,
    FeedPaused,
    FeedRemoved,
    FeedResumed,
    PauseFeed,
    RemoveFeed,
    ResumeFeed,
    feeds,
)
from tracker.domain.feed_settings import Trust
from tracker.domain.party import NameParty, PartyNamed
from tracker.domain.subscription import (
    CloseSubscription,
    Filter,
    OpenSubscription,
    SubscriptionClosed,
    SubscriptionOpened,
)

URL = "https://example.org/feed"
FEED = FeedAdded(feed=uid(1), url=URL)
CLAN = PartyNamed(party=uid(1), kind="group", names=("Gulf Clan", "Clan del Golfo"))
OPENED = SubscriptionOpened(
    subscription=uid(1), owner="analyst", channel=uid(2), filter=Filter(countries=("EC",))
)


def test_a_party_gets_its_names_once() -> None:
    assert decided(NameParty(kind="group", names=CLAN.names)) == [CLAN]
    with pytest.raises(Refused, match=f"'clan  del golfo' is already party {uid(1)}"):
        decided(NameParty(kind="group", names=("New", "clan  del golfo")), CLAN)


def test_a_known_party_may_be_named_anew() -> None:
    [named] = decided(
        NameParty(kind="group", names=("AGC", "Gulf Clan"), party=uid(1), country="col"), CLAN
    )

    assert named == PartyNamed(party=uid(1), kind="group", names=("AGC", "Gulf Clan"), country="CO")


@pytest.mark.parametrize("names", [(), ("",), ("A", " ")])
def test_a_party_without_a_name_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match=r"^names: give at least one name"):
        decided(NameParty(kind="person", names=names))


def test_a_party_that_nobody_named_cannot_be_named_anew() -> None:
    with pytest.raises(NotFound, match=r"^party: no party"):
        decided(NameParty(kind="person", names=("A",), party=uid(9)), CLAN)


def test_a_feed_is_added_once_per_address_and_again_after_its_removal() -> None:
    add = AddFeed(url=URL, language="es", interval_s=900)

    assert decided(add) == [FeedAdded(feed=uid(1), url=URL, language="es", interval_s=900)]
    with pytest.raises(Conflict, match=f"is feed {uid(1)} already"):
        decided(add, FEED)
    assert decided(add, FEED, FeedRemoved(feed=uid(1)))
    moved = FeedMoved(feed=uid(1), url="https://example.org/elsewhere")
    assert decided(add, FEED, moved)
    with pytest.raises(Conflict):
        decided(AddFeed(url=moved.url), FEED, moved)


def test_of_many_feeds_those_are_added_that_are_not_polled_yet() -> None:
    other = AddFeed(url="https://example.org/other", title=" Other  feed ")

    [added] = decided(AddFeeds(feeds=(AddFeed(url=URL), other, other)), FEED)

    assert isinstance(added, FeedAdded)
    assert (added.url, added.title) == (other.url, "Other feed")
    assert decided(AddFeeds(feeds=(AddFeed(url=URL),)), FEED) == []
    with pytest.raises(Refused, match=r"^interval_s: "):
        decided(AddFeeds(feeds=(other, AddFeed(url=URL, interval_s=0))))


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (AddFeed(url="ftp://example.org"), "url"),
        (AddFeed(url=URL, interval_s=0), "interval_s"),
        (AddFeed(url=URL, backfill_days=-1), "backfill_days"),
        (AddFeed(url=URL, interval_s=60, most_interval_s=59), "most_interval_s"),
        (AddFeed(url=URL, spacing_s=-1), "spacing_s"),
        (AddFeed(url=URL, category=" / "), "category"),
        (AddFeed(url=URL, category="a/b/c/d/e/f/g/h/i/j/k"), "category"),
        (AddFeed(url=URL, title="x" * 501), "title"),
        (AddFeed(url=URL, include=("visa", " ")), "include"),
        (AddFeed(url=URL, exclude=("x" * 101,)), "exclude"),
        (AddFeed(url=URL, trust=(Trust("policy-changed", "1.1"),)), "trust[0].confidence"),
        (AddFeed(url=URL, trust=(Trust("", "0.9"),)), "trust[0].of"),
        (AddFeed(url=URL, trust=(Trust("*", "high"),)), "trust[0].confidence"),
        (AddFeed(url=URL, language="Spanish!"), "language"),
        (PauseFeed(feed="x", reason="r"), "feed"),
        (OpenSubscription(channel=uid(2), filter=Filter()), "filter"),
        (OpenSubscription(channel=uid(2), filter=Filter(countries=("XX",))), "filter.countries[0]"),
        (OpenSubscription(channel=uid(2), filter=Filter(metrics=("x",))), "filter.metrics[0]"),
        (OpenSubscription(channel="x", filter=Filter(countries=("EC",))), "channel"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field(command: Command, field: str) -> None:
    with pytest.raises(Refused) as refused:
        decided(command)

    assert refused.value.field == field
    assert refused.value.message.startswith(f"{field}: ")


def test_what_is_set_for_a_feed_is_changed_and_reset_and_the_rest_stays() -> None:
    added = FeedAdded(feed=uid(1), url=URL, title="A", interval_s=60, exclude=("sport",))
    change = ChangeFeed(
        feed=uid(1),
        title="B",
        category="/ a b/ c",
        include=(" visa  free ",),
        article="never",
        reset=("exclude",),
    )
    changed = FeedChanged(
        feed=uid(1), title="B", category="a b/c", interval_s=60, include=("visa free",),
        article="never",
    )  # fmt: skip

    assert decided(change, added) == [changed]
    assert decided(change, added, changed) == []
    assert decided(ChangeFeed(feed=uid(1), include=()), added, changed) == [
        FeedChanged(feed=uid(1), title="B", category="a b/c", interval_s=60, article="never")
    ]
    assert feeds(past(added))[uid(1)].settings.article_mode == "auto"
    assert feeds(past(added, changed))[uid(1)].settings.article_mode == "never"


def test_a_change_that_contradicts_itself_or_what_is_set_is_refused() -> None:
    added = FeedAdded(feed=uid(1), url=URL, interval_s=60)

    with pytest.raises(Refused, match=r"^reset: title is given as well"):
        decided(ChangeFeed(feed=uid(1), title="B", reset=("title",)), added)
    with pytest.raises(Refused, match=r"^most_interval_s: is under the least interval of 60 sec"):
        decided(ChangeFeed(feed=uid(1), most_interval_s=30), added)
    with pytest.raises(NotFound, match=f"no feed {uid(1)} is in the log"):
        decided(ChangeFeed(feed=uid(1), title="B"), added, FeedRemoved(feed=uid(1)))


def test_a_feed_is_paused_and_resumed_and_doing_it_again_is_nothing() -> None:
    pause, resume = PauseFeed(feed=uid(1), reason="noisy"), ResumeFeed(feed=uid(1))
    paused, resumed = FeedPaused(feed=uid(1), reason="noisy"), FeedResumed(feed=uid(1))

    assert decided(pause, FEED) == [paused]
    assert decided(pause, FEED, paused) == []
    assert decided(resume, FEED) == []
    assert decided(resume, FEED, paused) == [resumed]
    assert decided(pause, FEED, paused, resumed) == [paused]


def test_a_feed_that_is_removed_or_never_was_takes_no_command() -> None:
    removed = FeedRemoved(feed=uid(1))
    assert decided(RemoveFeed(feed=uid(1)), FEED) == [removed]
    for command in (
        PauseFeed(feed=uid(1), reason="r"),
        ResumeFeed(feed=uid(1)),
        RemoveFeed(feed=uid(1)),
    ):
        with pytest.raises(NotFound, match=f"no feed {uid(1)} is in the log"):
            decided(command, FEED, removed)
        with pytest.raises(NotFound):
            decided(command)


def test_a_subscription_is_the_users_own_unless_it_is_anothers() -> None:
    opening = OpenSubscription(channel=uid(2), filter=Filter(countries=("ecu",)))

    assert decided(opening) == [OPENED]
    [other] = decided(OpenSubscription(channel=uid(2), filter=OPENED.filter, owner="boss"))
    assert isinstance(other, SubscriptionOpened)
    assert other.owner == "boss"


def test_a_subscription_is_closed_once() -> None:
    close = CloseSubscription(subscription=uid(1), reason="done")
    closed = SubscriptionClosed(subscription=uid(1), reason="done")

    assert decided(close, OPENED) == [closed]
    assert decided(close, OPENED, closed) == []
    with pytest.raises(NotFound, match="no subscription"):
        decided(close)
