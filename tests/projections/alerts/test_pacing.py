"""When an alert is held back, until when and why, given the time and what was told of late."""

from datetime import UTC, datetime

import pytest

from projections.alerts.pacing import Hold, Recent, hold, note_due, undisturbed
from tracker.domain.errors import Refused
from tracker.domain.pacing import Pacing, Quiet

NIGHT = Quiet("22:00", "07:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def held(pacing: Pacing, now: str, severity: int = 3, recent: Recent | None = None) -> Hold | None:
    return hold(pacing, severity, at(now), recent or Recent())


@pytest.mark.parametrize(
    ("pacing", "now", "until"),
    [
        (Pacing(digest="hourly"), "2024-06-18T10:59:59", "2024-06-18T11:00"),
        # Ten past nine in Tokyo: tomorrow's digest.
        (Pacing(digest="daily", zone="Asia/Tokyo"), "2024-06-18T00:10", "2024-06-18T23:00"),
        (Pacing(digest="daily", digest_at="10:00"), "2024-06-18T09:00", "2024-06-18T10:00"),
        (Pacing(digest="weekly", digest_on="friday"), "2024-06-18T09:00", "2024-06-21T08:00"),
        (Pacing(digest="weekly"), "2024-06-17T08:00", "2024-06-24T08:00"),
        (Pacing(quiet=NIGHT), "2024-06-18T23:00", "2024-06-19T07:00"),
        (Pacing(quiet=NIGHT), "2024-06-18T06:59", "2024-06-18T07:00"),
        # Clocks go forward in Berlin that night.
        (Pacing(quiet=NIGHT, zone="Europe/Berlin"), "2024-03-30T22:00", "2024-03-31T05:00"),
        # An hourly digest keeps the quiet hours, one at a time of its own goes then.
        (Pacing(quiet=NIGHT, digest="hourly"), "2024-06-18T22:30", "2024-06-19T07:00"),
        (
            Pacing(quiet=NIGHT, digest="daily", digest_at="06:00"),
            "2024-06-18T09:00",
            "2024-06-19T06:00",
        ),
        (Pacing(muted_until="2024-06-20T12:00:00Z"), "2024-06-18T09:00", "2024-06-20T12:00"),
        # What ends in quiet hours waits until they end.
        (
            Pacing(quiet=NIGHT, muted_until="2024-06-20T23:00:00Z"),
            "2024-06-18T09:00",
            "2024-06-21T07:00",
        ),
    ],
)
def test_it_is_held_until_its_time_on_the_subscribers_clock(
    pacing: Pacing, now: str, until: str
) -> None:
    found = held(pacing, now)
    assert found is not None
    assert found.until == at(until)
    assert found.because


def test_it_is_sent_at_once_where_nothing_is_set_or_the_hours_are_loud() -> None:
    assert hold(None, 1, at("2024-06-18T23:00"), Recent()) is None
    assert held(Pacing(quiet=NIGHT), "2024-06-18T07:00") is None
    assert held(Pacing(muted_until="2024-06-18"), "2024-06-19T00:00") is None


def test_a_severity_passes_all_of_it() -> None:
    pacing = Pacing(digest="weekly", quiet=NIGHT, muted_until="2030-01-01", passing_severity=4)
    assert held(pacing, "2024-06-18T23:00", severity=4) is None
    assert held(pacing, "2024-06-18T23:00", severity=3)


def test_beyond_a_rate_and_within_a_window_others_are_told_together() -> None:
    now, latest = "2024-06-18T09:20", at("2024-06-18T09:15")
    rate = held(Pacing(most_per_hour=2), now, recent=Recent(2, latest))
    assert rate == Hold(at("2024-06-18T10:00"), "more than 2 within the hour")
    assert held(Pacing(most_per_hour=2), now, recent=Recent(1, latest)) is None
    window = held(Pacing(group_s=600), now, recent=Recent(1, latest))
    assert window == Hold(at("2024-06-18T09:25"), "told together with others within 600 s")
    assert held(Pacing(group_s=300), now, recent=Recent(1, latest)) is None
    assert held(Pacing(group_s=300), now) is None


@pytest.mark.parametrize(
    ("pacing", "field"),
    [
        (Pacing(zone="Atlantis"), "pacing.zone"),
        (Pacing(zone="../etc"), "pacing.zone"),
        (Pacing(digest="daily", digest_at="8"), "pacing.digest_at"),
        (Pacing(digest_at="08:00"), "pacing.digest_at"),
        (Pacing(digest="daily", digest_on="friday"), "pacing.digest_on"),
        (Pacing(quiet=Quiet("25:00", "07:00")), "pacing.quiet.from"),
        (Pacing(quiet=Quiet("07:00", "07:00")), "pacing.quiet"),
        (Pacing(most_per_hour=0), "pacing.most_per_hour"),
    ],
)
def test_a_pace_that_cannot_be_is_refused_with_its_field(pacing: Pacing, field: str) -> None:
    with pytest.raises(Refused) as refused:
        pacing.require_valid()
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("pacing", "now", "due"),
    [
        (None, "2024-06-18T10:00", "2024-06-17T09:00"),
        (None, "2024-06-17T09:00", "2024-06-17T09:00"),
        (Pacing(zone="Asia/Tokyo"), "2024-06-17T00:00", "2024-06-17T00:00"),
        # Monday in Guayaquil has not reached nine yet.
        (Pacing(zone="America/Guayaquil"), "2024-06-17T13:59", "2024-06-10T14:00"),
        (Pacing(weekly_note_on="friday"), "2024-06-21T08:59", "2024-06-14T09:00"),
        # Clocks go forward on that Sunday, and half past two does not exist.
        (Pacing(zone="Europe/Berlin"), "2024-03-30T09:00", "2024-03-25T08:00"),
        (Pacing(zone="Europe/Berlin"), "2024-04-01T09:00", "2024-04-01T07:00"),
        (
            Pacing(zone="Europe/Berlin", weekly_note_on="sunday", weekly_note_at="02:30"),
            "2024-03-31T09:00",
            "2024-03-31T01:30",
        ),
        # They go back, and half past two comes twice: the first counts.
        (
            Pacing(zone="Europe/Berlin", weekly_note_on="sunday", weekly_note_at="02:30"),
            "2024-10-27T01:45",
            "2024-10-27T00:30",
        ),
        (Pacing(weekly_note=False), "2024-06-18T10:00", None),
    ],
)
def test_the_weekly_note_is_due_on_the_subscribers_clock(
    pacing: Pacing | None, now: str, due: str | None
) -> None:
    assert note_due(pacing, at(now)) == (at(due) if due else None)


def test_a_message_without_cause_waits_for_the_end_of_quiet_hours_and_of_a_mute() -> None:
    assert undisturbed(None, at("2024-06-18T23:00")) == at("2024-06-18T23:00")
    quiet = Pacing(quiet=NIGHT, digest="weekly", most_per_hour=1)
    assert undisturbed(quiet, at("2024-06-18T23:00")) == at("2024-06-19T07:00")
    assert undisturbed(quiet, at("2024-06-18T12:00")) == at("2024-06-18T12:00")


@pytest.mark.parametrize(
    ("pacing", "field"),
    [
        (Pacing(weekly_note=False, weekly_note_at="09:00"), "pacing.weekly_note_at"),
        (Pacing(weekly_note=False, weekly_note_on="friday"), "pacing.weekly_note_on"),
        (Pacing(weekly_note_at="9 am"), "pacing.weekly_note_at"),
    ],
)
def test_a_weekly_note_that_cannot_be_is_refused(pacing: Pacing, field: str) -> None:
    with pytest.raises(Refused) as refused:
        pacing.require_valid()
    assert refused.value.field == field
