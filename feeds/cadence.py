"""When a feed is asked again: its own wishes, our bounds, and patience with failures."""

from datetime import datetime, timedelta

USUAL_S = 900
_LEAST_S = 5
_MOST_S = 24 * 3600


def next_due(
    now: datetime,
    *,
    interval_s: int | None,
    ttl_s: int | None = None,
    retry_after_s: int | None = None,
    failures: int = 0,
    jitter: float = 0.0,
) -> datetime:
    """The next poll: never before what the server asked for, later with every failure in a row.

    `jitter` is a number from 0 to 1 that spreads retries over up to half as long again; the wait
    after failures doubles up to a day and never ends for ever.
    """
    usual = min(max(interval_s or USUAL_S, _LEAST_S), _MOST_S)
    wait = max(usual, min(ttl_s or 0, _MOST_S))
    if failures:
        wait = min(wait * 2 ** min(failures, 10), _MOST_S) * (1 + jitter / 2)
    wait = max(wait, min(retry_after_s or 0, _MOST_S))
    return now + timedelta(seconds=wait)
