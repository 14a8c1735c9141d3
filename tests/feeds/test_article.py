"""Which items have a page fetched, what their terms let through, and when pages are visited again."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from feeds.article import is_wanted, named_terms, says_more, wants_page
from feeds.items import RawItem, compose
from feeds.page import PageText
from feeds.revisits import RECHECKS, first_look, recheck, retry
from tests.projections.folding import event_id
from tracker.domain.feed_settings import Article, FeedSettings

NOON = datetime(2024, 6, 20, 12, tzinfo=UTC)
LONG = "Somebody said something about visas. " * 20


def item(body: str, *, title: str = "A title", url: str | None = "https://e.org/1") -> RawItem:
    text, start = compose(title, body)
    return RawItem(text=text, body_start=start, title=title, url=url)


@pytest.mark.parametrize(
    ("body", "modes"),
    [
        ("Short.", {"auto", "always"}),
        (LONG, {"always"}),
        (f"{LONG} And then…", {"auto", "always"}),
        (f"{LONG} And then [...]", {"auto", "always"}),
        (f"{LONG} Read more »", {"auto", "always"}),
        (f"{LONG} Continue reading A title", {"auto", "always"}),
        (f"Read more about it below. {LONG}", {"always"}),
    ],
)
def test_the_page_of_what_is_short_or_cut_off_is_fetched(body: str, modes: set[Article]) -> None:
    assert {mode for mode in get_args(Article) if wants_page(item(body), mode)} == modes


@pytest.mark.parametrize("url", [None, "urn:isbn:1", "file:///etc/passwd"])
def test_what_is_no_web_address_is_not_fetched(url: str | None) -> None:
    assert not wants_page(item("Short.", url=url), "always")


def test_a_page_must_say_more_than_the_item() -> None:
    assert says_more(PageText(body="Longer than it."), "Short.")
    assert not says_more(PageText(body="Pay us."), LONG)


@pytest.mark.parametrize(
    ("include", "exclude", "wanted"),
    [
        ((), (), True),
        (("visas",), (), True),
        (("VISAS", "tariffs"), (), True),
        (("visa",), (), False),  # a term is a word, not a part of one
        (("about  visas",), (), True),
        (("tariffs",), (), False),
        ((), ("visas",), False),
        (("visas",), ("a title",), False),  # what is excluded is not included
        ((), ("isas", "titl"), True),
        (("c++ (new)",), (), False),
    ],
)
def test_a_term_is_looked_for_as_words_of_its_own(
    include: tuple[str, ...], exclude: tuple[str, ...], wanted: bool
) -> None:
    feed = FeedSettings(feed=event_id(1), include=include, exclude=exclude)
    assert is_wanted(item(LONG), feed) is wanted
    named = named_terms(item(LONG), feed)
    assert set(named) <= set(include)
    assert named or not include or not wanted


def test_a_term_in_chinese_stands_among_other_characters() -> None:
    feed = FeedSettings(feed=event_id(1), include=("免签",))
    assert is_wanted(item("厄瓜多尔暂停免签证入境"), feed)
    assert not is_wanted(item("厄瓜多尔"), feed)


def test_what_is_cited_is_looked_at_after_a_day_a_week_and_a_month() -> None:
    looks: list[datetime] = []
    now: datetime | None = NOON
    while now := recheck(NOON, now):
        looks.append(now)
    assert [at - NOON for at in looks] == list(RECHECKS)
    assert [days.days for days in RECHECKS] == [1, 7, 30]
    assert recheck(None, NOON) is None
    # Whoever was away looks once, and not three times in a row.
    assert first_look(NOON, NOON + timedelta(days=8)) == looks[0]
    assert recheck(NOON, NOON + timedelta(days=8)) == looks[2]
    assert first_look(NOON, NOON + timedelta(days=31)) is None


def test_what_fails_is_tried_again_later_each_time_and_then_no_more() -> None:
    tries = [retry(failures, NOON, jitter=0) for failures in range(1, 6)]
    made = [at - NOON for at in tries if at]
    assert made == sorted(set(made))
    assert [at is None for at in tries] == [False, False, False, True, True]
    latest = retry(1, NOON, jitter=1)
    assert latest is not None
    assert latest - NOON == made[0] * 1.5
