"""How a feed is, in plain words: what its last polls brought, and when the next is and why."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from feeds.cadence import told
from tracker.domain.feed import GONE
from tracker.tables.schedule import FeedSchedule

_OVERDUE = timedelta(minutes=10)
Level = Literal["well", "new", "quiet", "failing", "late", "paused", "removed"]


class Health(msgspec.Struct, frozen=True):
    """One word for programs, sentences for people."""

    level: Level
    last: str
    next: str | None = None


def health(status: str, reason: str | None, at: FeedSchedule | None, now: datetime) -> Health:
    """How a feed is, by its status and its place in the schedule."""
    if status == "removed":
        return Health("removed", "Removed; what it brought stays.")
    if status == "paused":
        gone = "its server says that it is gone for good (410)"
        return Health("paused", f"Paused: {gone if reason == GONE else reason or 'no reason'}.")
    if at is None or at.polled_at is None:
        return Health("new", "Not polled yet.", _next(at, now) if at else None)
    level: Level = "well"
    last = f"The last poll went well {_ago(at.polled_at, now)}: {_said(at)}."
    if at.failures:
        level = "failing"
        many = "The last poll" if at.failures == 1 else f"The last {at.failures} polls"
        well = f"it last went well {_ago(at.succeeded_at, now)}" if at.succeeded_at else ""
        last = f"{many} failed ({_said(at)}); {well or 'none ever went well'}."
    elif at.quiet:
        level = "quiet"
        since = f"nothing new {_since(at.last_new_at, now)}, far longer than ever before"
        last = f"It is quiet: {since}. {last}"
    if now - at.next_at > _OVERDUE:
        level = "late"
    return Health(level, last, _next(at, now))


def _said(at: FeedSchedule) -> str:
    return (at.message or at.outcome or "nothing was said").rstrip(". ")


def _next(at: FeedSchedule, now: datetime) -> str:
    because = f", because {at.reason}" if at.reason else ""
    late = now - at.next_at
    if late > _OVERDUE:
        why = "is the tracker running, or does its host have too many feeds?"
        return f"It should have been polled {_ago(at.next_at, now)}: {why}"
    if late > timedelta():
        return f"The next poll is due{because}."
    return f"The next poll is in {told((at.next_at - now).total_seconds())}{because}."


def _ago(moment: datetime, now: datetime) -> str:
    return f"{told(max((now - moment).total_seconds(), 0))} ago"


def _since(moment: datetime | None, now: datetime) -> str:
    return f"for {told((now - moment).total_seconds())}" if moment else "yet"
