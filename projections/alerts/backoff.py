"""When to try again: a schedule over about 75 hours, jittered, and what a verdict leads to."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

import msgspec

from projections.alerts.channel import Verdict

_MINUTE_S, _HOUR_S = 60.0, 3600.0
SCHEDULE_S = (
    5.0,
    5 * _MINUTE_S,
    30 * _MINUTE_S,
    2 * _HOUR_S,
    5 * _HOUR_S,
    10 * _HOUR_S,
    14 * _HOUR_S,
    20 * _HOUR_S,
    24 * _HOUR_S,
)
LASTS = timedelta(seconds=sum(SCHEDULE_S))
_MOST_S = 24 * _HOUR_S
_OPENS_AT, _PAUSE_S, _LONGEST_PAUSE_S = 5, 60.0, 30 * 60.0
_JITTER = 0.2


class Step(msgspec.Struct, frozen=True):
    """What becomes of a message; `next_at` where it is tried again."""

    status: Literal["owed", "delivered", "dead", "cancelled"]
    next_at: datetime | None = None


def step(
    verdict: Verdict, attempts: int, now: datetime, chance: float, begun_at: datetime | None = None
) -> Step:
    """What follows from the verdict on the attempt with this number, counted from 1.

    A message ends with its schedule: by its attempts, or by the time since it began, as an open
    circuit leaves attempts out.
    """
    if verdict.outcome == "delivered":
        return Step("delivered")
    if verdict.outcome in ("gone", "cancelled"):
        return Step("cancelled")
    wait = delay_s(attempts, chance, verdict.retry_after_s)
    if wait is None or (begun_at and now - begun_at >= LASTS):
        return Step("dead")
    return Step("owed", now + timedelta(seconds=wait))


def pause_s(failures: int, asked_s: float | None = None) -> float | None:
    """Seconds for which an endpoint is left alone after so many failures in a row; None for none.

    Five failures open its circuit, each further one doubles the pause, up to half an hour. What
    the receiver asks for opens it at once, up to a day.
    """
    own = 0.0
    if failures >= _OPENS_AT:
        own = min(_PAUSE_S * 2 ** min(failures - _OPENS_AT, 10), _LONGEST_PAUSE_S)
    return max(own, min(asked_s or 0.0, _MOST_S)) or None


def delay_s(attempts: int, chance: float, asked_s: float | None = None) -> float | None:
    """Seconds to wait after so many failed attempts; None where the schedule is at its end.

    `chance` in [0, 1) moves the wait by up to a fifth either way, so that messages which failed
    together do not return together. A receiver may ask for longer, up to a day.
    """
    if attempts > len(SCHEDULE_S):
        return None
    scheduled = SCHEDULE_S[attempts - 1] * (1 - _JITTER + 2 * _JITTER * chance)
    return max(scheduled, min(asked_s or 0.0, _MOST_S))


def retry_after(header: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
