"""When a feed is asked again: its rhythm, its bounds, its failures, and what its server asks for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.cadence import LEAST_S, MOST_S, Bounds, Rhythm, learned, next_due
from feeds.freshness import Hold

NOW = datetime(2024, 6, 20, 12, tzinfo=UTC)
USUAL = Bounds()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def after(*hours: float) -> Rhythm:
    """The rhythm of a feed with items that are so many hours old."""
    return learned(Rhythm(), NOW, [NOW - h * HOUR for h in hours])


def wait(rhythm: Rhythm, now: datetime = NOW, bounds: Bounds = USUAL) -> timedelta:
    """How long it waits for the next poll."""
    return next_due(now, bounds=bounds, rhythm=rhythm).at - now


def test_a_feed_is_asked_four_times_in_the_gap_that_is_usual_for_it() -> None:
    hourly, daily = after(*range(0, 20, 2)), after(*range(0, 200, 12))
    assert wait(hourly) == timedelta(minutes=30)
    assert wait(daily) == 3 * HOUR
    assert next_due(NOW, bounds=USUAL, rhythm=daily).reason == (
        "it brings something new every 12 hours or so"
    )


def test_a_feed_is_asked_within_its_bounds_and_more_rarely_the_longer_it_is_quiet() -> None:
    busy, slow = after(*[n / 60 for n in range(20)]), after(0, 24 * 20, 24 * 40)
    assert wait(busy) == timedelta(seconds=LEAST_S)
    assert wait(slow) == timedelta(seconds=MOST_S)
    assert wait(busy, NOW + 8 * HOUR) == 2 * HOUR
    assert wait(busy, bounds=Bounds.of(7200, None)) == 2 * HOUR
    assert wait(slow, bounds=Bounds.of(None, 600)) == timedelta(seconds=600)
    assert wait(slow, bounds=Bounds.of(60, 24 * 3600)) == DAY
    assert wait(Rhythm()) == timedelta(seconds=LEAST_S)


def test_a_burst_a_holiday_and_a_pinned_item_hardly_bend_the_rhythm() -> None:
    plain = after(*range(0, 100, 4)).usual_gap_s or 0
    burst = after(*range(0, 100, 4), 50.001, 50.002, 50.003).usual_gap_s or 0
    holiday = after(*range(0, 48, 4), *range(200, 260, 4)).usual_gap_s or 0
    pinned = after(*range(0, 100, 4), 24 * 365).usual_gap_s or 0
    assert plain == pytest.approx(4 * 3600)
    assert burst == pytest.approx(plain, rel=0.1)
    assert holiday == pytest.approx(plain, rel=0.3)
    assert pinned == plain


def test_what_is_learned_is_what_is_new_since() -> None:
    rhythm = learned(after(10, 8), NOW, [NOW - 10 * HOUR, NOW - 8 * HOUR, NOW - 6 * HOUR])
    assert (rhythm.gaps, rhythm.last_new_at) == (2, NOW - 6 * HOUR)
    undated = learned(rhythm, NOW + HOUR, [None, None])
    assert (undated.gaps, undated.last_new_at) == (3, NOW + HOUR)
    ahead = learned(rhythm, NOW, [NOW + 99 * DAY])
    assert ahead.last_new_at == NOW


def test_a_feed_is_quiet_once_it_is_silent_for_far_longer_than_it_ever_was() -> None:
    assert after(0, 2, 4).quiet_after() is None  # too little is known
    assert after(*range(0, 20, 2)).quiet_after() == NOW + DAY
    assert after(*range(0, 400, 40)).quiet_after() == NOW + 5 * DAY
    assert Rhythm().quiet_after() is None


@given(
    st.integers(0, 40), st.floats(0, 1), st.integers(1, 10**7), st.integers(1, 10**7),
    st.integers(-(10**6), 10**8),
)  # fmt: skip
def test_a_poll_is_never_before_what_was_asked_for_and_never_without_end(
    failures: int, jitter: float, least_s: int, most_s: int, hold_s: int
) -> None:
    bounds = Bounds.of(least_s, most_s)
    hold = Hold(NOW + timedelta(seconds=hold_s), "max-age")
    due = next_due(
        NOW, bounds=bounds, rhythm=Rhythm(), holds=[hold], failures=failures, jitter=jitter
    )
    waited = (due.at - NOW).total_seconds()
    assert waited >= max(min(hold_s, 24 * 3600), bounds.least_s)
    assert waited <= 1.5 * max(24 * 3600, bounds.most_s)
    assert due.asked <= (due.at == hold.until or "at most)" in due.reason)


def test_patience_grows_with_failures_and_is_spread() -> None:
    waits = [
        next_due(NOW, bounds=USUAL, rhythm=Rhythm(), failures=n, jitter=j).at - NOW
        for n in (1, 2, 3, 50)
        for j in (0.0, 1.0)
    ]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=2 * LEAST_S)
    assert waits[-2:] == [DAY, 1.5 * DAY]
