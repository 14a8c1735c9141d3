"""What headers ask of whoever comes again: for how long an answer is fresh, and when to retry."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.freshness import age_s, lifetime_s, open_from, retry_after_s
from feeds.skips import skip_days, skip_hours

NOON = datetime(2024, 6, 20, 12, tzinfo=UTC)
DATE = "Thu, 20 Jun 2024 12:00:00 GMT"
LATER = "Thu, 20 Jun 2024 12:10:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public"}, None),
        ({"cache-control": "max-age=60"}, 60),
        ({"cache-control": 'Public, Max-Age = "60"'}, 60),
        ({"cache-control": "max-age=60, max-age=9"}, 60),
        ({"cache-control": "s-maxage=60"}, None),
        ({"cache-control": "max-age=-1"}, 0),
        ({"cache-control": "max-age=soon"}, 0),
        ({"cache-control": "max-age=60, no-store"}, 0),
        ({"cache-control": "no-cache, max-age=60"}, 0),
        ({"expires": LATER, "date": DATE}, 600),
        ({"expires": LATER}, 600),
        ({"expires": DATE, "date": LATER}, 0),
        ({"expires": "0"}, 0),
        ({"expires": f"{LATER}, {DATE}"}, 600),
        ({"expires": LATER, "cache-control": "max-age=60"}, 60),
    ],
)
def test_an_answer_is_fresh_for_as_long_as_it_says(
    headers: dict[str, str], seconds: int | None
) -> None:
    assert lifetime_s(headers, NOON) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"age": "30"}, 30),
        ({"age": "30, 90"}, 30),
        ({"age": "old"}, 0),
        ({"date": "Thu, 20 Jun 2024 11:59:00 GMT"}, 60),
        ({"date": "Thu, 20 Jun 2024 11:59:00 GMT", "age": "90"}, 90),
        ({"date": LATER}, 0),
    ],
)
def test_an_answer_ages_on_its_way(headers: dict[str, str], seconds: int) -> None:
    assert age_s(headers, NOON) == seconds


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_breaks_the_reading(one: str, two: str) -> None:
    headers = {"cache-control": one, "expires": two, "date": one, "age": two, "retry-after": one}
    assert (lifetime_s(headers, NOON) or 0) >= 0
    assert age_s(headers, NOON) >= 0
    assert (retry_after_s(headers, NOON) or 0) >= 0


@given(st.sets(st.integers(0, 23)), st.sets(st.integers(0, 6)), st.integers(0, 10_000))
def test_a_moment_to_skip_is_put_off_to_the_next_that_is_not(
    hours: set[int], days: set[int], minutes: int
) -> None:
    at = NOON + timedelta(minutes=minutes)
    opened = open_from(at, hours, days)
    assert at <= opened <= at + timedelta(days=7)
    if len(hours) < 24 and len(days) < 7:
        assert (opened.hour in hours, opened.weekday() in days) == (False, False)
        assert opened == at or opened.minute == 0
    else:
        assert opened == at


@pytest.mark.parametrize(
    ("text", "hours", "days"),
    [
        ("<rss/>", (), ()),
        ("<skipHours><hour>24</hour><hour> 3 </hour><hour>99</hour></skipHours>", (0, 3), ()),
        ("<skipDays>\n<day>Sunday</day><day>monday</day><day>May</day></skipDays>", (), (0, 6)),
        ("<skipHours><hour>1</hour>" + "<hour>2</hour>" * 999, (), ()),
    ],
)
def test_hours_and_days_to_skip_are_read(
    text: str, hours: tuple[int, ...], days: tuple[int, ...]
) -> None:
    assert (skip_hours(text), skip_days(text)) == (hours, days)
