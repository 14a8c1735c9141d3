"""The words of what assures a subscriber."""

from datetime import UTC, date, datetime, timedelta

import msgspec

from projections.alerts.assurances import (
    Past,
    Week,
    blind_spot,
    confirmation,
    seeing_again,
    weekly,
)
from projections.alerts.serving import FeedState
from projections.answers import answer
from projections.regimes import Cell, Known
from tests.projections.folding import HEAD_OF_LOG, change, facts
from tracker.domain.filter import Filter

NOW = datetime(2024, 6, 24, 9, tzinfo=UTC)
WEEK_AGO = NOW - timedelta(days=7)
EC_CN = Filter(destinations=("EC",), nationalities=("CN",))
GAZETTE = FeedState("a", "Gazette", "active", None, NOW, NOW, NOW, 0, None)
WIRE = FeedState("b", "Wire", "active", None, NOW, WEEK_AGO, NOW, 5, "the server said 503.")


def test_a_confirmation_says_what_holds_what_comes_and_what_would_have_been_told() -> None:
    known = facts(
        change("visa-free", "2016-08-15", action="introduced"),
        change("visa-free-suspended", "2024-07-01", action="suspended"),
    )
    now = answer(known, Cell("EC", "CN"), date(2024, 6, 24), Known(HEAD_OF_LOG))
    past = Past(2, ("2024-06-18: suspended",))

    note = confirmation("Ecuador", EC_CN, [now], 3, past, changed=False)

    assert note.subject == "Subscription opened: Ecuador"
    assert note.lines == (
        "This subscription was opened. It watches destinations EC; nationalities CN.",
        "Now:",
        "  Ecuador, for China: visa-free since 2016-08-15; visa-free entry suspended from 2024-07-01",
        "  and 3 more.",
        "In the past year 2 events would have been told of, as known then.",
        "The latest:",
        "  2024-06-18: suspended",
    )


def test_a_confirmation_says_what_cannot_be_said() -> None:
    none = confirmation(None, EC_CN, None, 0, Past(1000, (), whole=False), changed=True)
    assert none.subject == "Subscription changed"
    assert "cannot be said" in none.lines[1]
    assert "at least 1000 events" in none.lines[2]
    nothing = confirmation(None, EC_CN, [], 0, Past(0, ()), changed=False)
    assert nothing.lines[1:] == (
        "No entry rule of it is known yet.",
        "In the past year no events would have been told of, as known then.",
    )


def test_a_quiet_week_says_since_when_and_that_the_feeds_are_alive() -> None:
    alerted = Week(WEEK_AGO, alerted_at=datetime(2024, 5, 1, 8, tzinfo=UTC))
    note = weekly("Ecuador", alerted, [GAZETTE], NOW, 0)
    assert note.subject == "Nothing changed: Ecuador"
    assert note.lines == (
        "Nothing that this subscription watches changed since 2024-05-01 08:00 UTC, when the last"
        " alert was owed.",
        "The one feed behind it is alive:",
        "  Gazette, last read 2024-06-24 09:00 UTC",
    )
    new = weekly(None, Week(WEEK_AGO, opened_at=WEEK_AGO), [], NOW, 2)
    assert "when this subscription was opened" in new.lines[0]
    assert new.lines[1].startswith("2 later events of the log")
    assert new.lines[2].startswith("No feed stands behind it")


def test_a_week_in_which_something_came_says_how_much_and_which_feeds_fail() -> None:
    late = msgspec.structs.replace(GAZETTE, name="Late", next_at=WEEK_AGO, succeeded_at=WEEK_AGO)
    note = weekly(None, Week(WEEK_AGO, sent=2, held=1), [GAZETTE, WIRE, late], NOW, 0)
    assert note.subject == "2 alerts in the past week"
    assert note.lines == (
        "Since 2024-06-17 09:00 UTC this subscription was sent 2 alerts.",
        "1 more is held back and was not sent yet.",
        "Of the 3 feeds behind it 2 cannot be relied on:",
        "  Wire, failed at its last 5 polls (the server said 503); last read 2024-06-17 09:00 UTC",
        "  Late, was not asked when it should have been; last read 2024-06-17 09:00 UTC",
        "Alive:",
        "  Gazette, last read 2024-06-24 09:00 UTC",
    )


def test_many_feeds_are_counted_and_not_listed_all() -> None:
    note = weekly(None, Week(WEEK_AGO), [GAZETTE] * 12, NOW, 0)
    assert note.lines[1] == "All 12 feeds behind it are alive:"
    assert note.lines[-1] == "  and 2 more"


def test_a_feed_that_fails_and_one_that_lives_again_are_told_of() -> None:
    assert blind_spot(WIRE).subject == "Blind spot: Wire"
    assert "failed at its last 5 polls (the server said 503)" in blind_spot(WIRE).lines[0]
    paused = msgspec.structs.replace(GAZETTE, status="paused", reason="gone")
    assert "is paused (gone)" in blind_spot(paused).lines[0]
    assert seeing_again(WIRE, WEEK_AGO).lines == (
        "Wire, a feed behind this subscription, is read again; it was not since"
        " 2024-06-17 09:00 UTC.",
    )
