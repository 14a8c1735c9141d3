"""How often a token may ask: a bucket of requests each, refilled evenly; in memory, per process."""

import time
from collections.abc import Callable

import msgspec
from litestar.exceptions import TooManyRequestsException

RATES = "rates"
TOLD = "tracker_rates"
_MOST = 10_000


class _Bucket(msgspec.Struct):
    """What is left to a token, and when that was so."""

    left: float
    at: float


class Rates:
    """The buckets; a rate of 0 limits nobody."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = per_minute
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, token: str) -> dict[str, str]:
        """Count a request and give the headers that tell how many are left; 429 where none is."""
        if not self._most:
            return {}
        bucket, now = self._bucket(token), self._clock()
        bucket.left = min(self._most, bucket.left + (now - bucket.at) * self._most / 60)
        bucket.at = now
        allowed = bucket.left >= 1
        bucket.left -= allowed
        refill_s = int((self._most - bucket.left) * 60 / self._most) + 1
        told = {
            "ratelimit-policy": f'"token";q={self._most};w=60',
            "ratelimit": f'"token";r={int(bucket.left)};t={refill_s}',
        }
        if allowed:
            return told
        wait_s = str(int((1 - bucket.left) * 60 / self._most) + 1)
        raise TooManyRequestsException(
            f"this token may ask {self._most} times a minute: try again in {wait_s} s",
            headers={"Retry-After": wait_s, **told},
        )

    def _bucket(self, token: str) -> _Bucket:
        bucket = self._buckets.get(token)
        if bucket is None:
            if len(self._buckets) >= _MOST:
                # The one that has asked longest ago has the fullest bucket, and loses least.
                del self._buckets[min(self._buckets, key=lambda one: self._buckets[one].at)]
            bucket = self._buckets[token] = _Bucket(self._most, self._clock())
        return bucket
