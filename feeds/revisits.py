"""When a page is visited again: after a failure, and because a fact cites it."""

from datetime import datetime, timedelta

RECHECKS = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""How long after it was cited a page is looked at again."""
_PATIENCE = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


def first_look(cited_at: datetime, now: datetime) -> datetime | None:
    """The first look at a page that was cited at a time; None where all of them are long past."""
    return cited_at + RECHECKS[0] if cited_at + RECHECKS[-1] > now else None


def recheck(cited_at: datetime | None, now: datetime) -> datetime | None:
    """The next look at a page that was cited last at a time; None after the last one."""
    if cited_at is None:
        return None
    return next((at for days in RECHECKS if (at := cited_at + days) > now), None)


def retry(failures: int, now: datetime, *, jitter: float) -> datetime | None:
    """When a visit is tried again that failed so many times in a row; None where no more.

    `jitter` is a number from 0 to 1 that spreads what failed together.
    """
    if failures > len(_PATIENCE):
        return None
    return now + _PATIENCE[failures - 1] * (1 + jitter / 2)
