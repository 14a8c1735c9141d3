"""Whether an alert is sent at once, and if not, until when it is held back; when notes are due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from tracker.domain.pacing import Pacing, Quiet, time_of_day
from tracker.domain.values import instant

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_MORNING, _NOTE_AT = "08:00", "09:00"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Recent(msgspec.Struct, frozen=True):
    """What a subscription was told at once: how many alerts since the hour began, and the latest."""

    count: int = 0
    latest: datetime | None = None


class Hold(msgspec.Struct, frozen=True):
    """Until when something is held back, and why."""

    until: datetime
    because: str


def hold(pacing: Pacing | None, severity: int, now: datetime, recent: Recent) -> Hold | None:
    """How an alert of a severity is held back; None where it is sent at once."""
    if pacing is None or (pacing.passing_severity and severity >= pacing.passing_severity):
        return None
    zone = ZoneInfo(pacing.zone or "UTC")
    found = (
        _muted(pacing, now)
        or _digest(pacing, now, zone)
        or _quiet(pacing.quiet, now, zone)
        or _beyond(pacing, now, recent)
        or _grouped(pacing, now, recent)
    )
    if found is None or pacing.digest in ("daily", "weekly"):
        return found  # whose time the subscriber chose
    # What is over within quiet hours waits until they are over too.
    later = _quiet(pacing.quiet, found.until, zone)
    return Hold(later.until, f"{found.because}; {later.because}") if later else found


def note_due(pacing: Pacing | None, now: datetime) -> datetime | None:
    """When the latest weekly note was due; None where none is wanted."""
    pacing = pacing or Pacing()
    if not pacing.weekly_note:
        return None
    zone = ZoneInfo(pacing.zone or "UTC")
    at = time_of_day(pacing.weekly_note_at or _NOTE_AT, "pacing.weekly_note_at")
    day = now.astimezone(zone).date()
    day -= ((day.weekday() - _WEEKDAYS.index(pacing.weekly_note_on or "monday")) % 7) * _DAY
    due = _moment(day, at, zone)
    return due if due <= now else _moment(day - 7 * _DAY, at, zone)


def undisturbed(pacing: Pacing | None, now: datetime) -> datetime:
    """From when on a message may be sent that no event is the cause of."""
    if pacing is None:
        return now
    found = hold(
        Pacing(zone=pacing.zone, quiet=pacing.quiet, muted_until=pacing.muted_until),
        0,
        now,
        Recent(),
    )
    return found.until if found else now


def _muted(pacing: Pacing, now: datetime) -> Hold | None:
    until = instant(pacing.muted_until) if pacing.muted_until else now
    return Hold(until, f"muted until {_minute(until)}") if until > now else None


def _digest(pacing: Pacing, now: datetime, zone: ZoneInfo) -> Hold | None:
    if pacing.digest is None:
        return None
    if pacing.digest == "hourly":
        return Hold(_next_hour(now), "told in the hourly digest")
    at = time_of_day(pacing.digest_at or _MORNING, "pacing.digest_at")
    day = now.astimezone(zone).date()
    if pacing.digest == "weekly":
        day += ((_WEEKDAYS.index(pacing.digest_on or "monday") - day.weekday()) % 7) * _DAY
    until = _moment(day, at, zone)
    if until <= now:
        until = _moment(day + (7 if pacing.digest == "weekly" else 1) * _DAY, at, zone)
    return Hold(until, f"told in the {pacing.digest} digest")


def _quiet(quiet: Quiet | None, at: datetime, zone: ZoneInfo) -> Hold | None:
    if quiet is None:
        return None
    begins = time_of_day(quiet.begins, "pacing.quiet.from")
    ends = time_of_day(quiet.ends, "pacing.quiet.to")
    local = at.astimezone(zone)
    clock, today = local.time(), local.date()
    if begins < ends:
        within, last = begins <= clock < ends, today
    else:
        within, last = clock >= begins or clock < ends, today + (clock >= begins) * _DAY
    until = _moment(last, ends, zone)
    # On the day on which clocks go back, the end may come before the beginning.
    if not within or until <= at:
        return None
    return Hold(until, f"quiet hours from {quiet.begins} to {quiet.ends}")


def _beyond(pacing: Pacing, now: datetime, recent: Recent) -> Hold | None:
    most = pacing.most_per_hour
    if most is None or recent.count < most:
        return None
    return Hold(_next_hour(now), f"more than {most} within the hour")


def _grouped(pacing: Pacing, now: datetime, recent: Recent) -> Hold | None:
    if pacing.group_s is None or recent.latest is None:
        return None
    until = recent.latest + timedelta(seconds=pacing.group_s)
    return (
        Hold(until, f"told together with others within {pacing.group_s} s") if until > now else None
    )


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _next_hour(now: datetime) -> datetime:
    return hour_of(now) + _HOUR


def hour_of(now: datetime) -> datetime:
    """When the hour began."""
    return now.replace(minute=0, second=0, microsecond=0)


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
