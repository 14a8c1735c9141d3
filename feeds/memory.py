"""What a poller remembers of a feed from one poll to the next, and what follows from it: pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

import msgspec

from feeds.cadence import DAY_S, Rhythm, learned
from feeds.fetched import Fetched
from feeds.freshness import Hold, age_s, lifetime_s, said_fresh
from feeds.parsed import ParsedFeed
from tracker.domain.values import storable

CONFIRMATIONS = 3
"""So many polls in a row must be sent to the same address before the feed has moved there."""
# Some answers are fresh until the end of the year 9999, and no date is after that.
_LONGEST_S = 366 * DAY_S


class Memory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A feed's rhythm, its own wishes, and where it seems to have moved."""

    url: str | None = None
    """The address that the validators are of."""
    rhythm: Rhythm = Rhythm()
    lifetime_s: int | None = None
    """For how long its last full answer was fresh; a 304 may leave it unsaid."""
    fresh_by: str = ""
    ttl_s: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    moved_to: str | None = None
    confirmations: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """What was kept; nothing where another version kept what is not understood."""
        try:
            return msgspec.convert(kept, cls)
        except msgspec.ValidationError:
            return cls()

    def kept(self) -> dict[str, Any]:
        """What to keep, as JSON has it."""
        return msgspec.to_builtins(self)

    def answered(self, fetched: Fetched, url: str) -> Self:
        """After a sound answer, with or without a body."""
        lifetime = lifetime_s(fetched.headers, fetched.fetched_at)
        moved = fetched.moved_to
        same = moved is not None and moved == self.moved_to
        changed = msgspec.structs.replace(
            self,
            url=url,
            moved_to=moved,
            confirmations=self.confirmations + 1 if same else int(moved is not None),
        )
        if lifetime is None and fetched.status == 304:
            return changed
        said = "" if lifetime is None else storable(said_fresh(fetched.headers))
        return msgspec.structs.replace(changed, lifetime_s=lifetime, fresh_by=said)

    def read(self, parsed: ParsedFeed, now: datetime, new: int) -> Self:
        """After a body that is a feed with so many new items."""
        rhythm = self.rhythm
        if new:
            rhythm = learned(rhythm, now, [item.published_at for item in parsed.items])
        return msgspec.structs.replace(
            self,
            rhythm=rhythm,
            ttl_s=parsed.ttl_s,
            skip_hours=parsed.skip_hours,
            skip_days=parsed.skip_days,
        )

    @property
    def move(self) -> str | None:
        """Where the feed lives from now on, once that was confirmed often enough."""
        return self.moved_to if self.confirmations >= CONFIRMATIONS else None

    def holds(self, now: datetime, fetched: Fetched) -> list[Hold]:
        """What the feed asks for with its last answer: to be fresh for a while, and its ttl."""
        found: list[Hold] = []
        if self.lifetime_s:
            left_s = self.lifetime_s - age_s(fetched.headers, fetched.fetched_at)
            left_s = min(max(left_s, 0), _LONGEST_S)
            found.append(Hold(fetched.fetched_at + timedelta(seconds=left_s), self.fresh_by))
        if self.ttl_s:
            found.append(Hold(now + timedelta(seconds=self.ttl_s), f"ttl: {self.ttl_s // 60}"))
        return found


def retry_hold(now: datetime, seconds: int) -> Hold:
    """What Retry-After asks for."""
    return Hold(now + timedelta(seconds=seconds), f"Retry-After: {seconds}", 7 * DAY_S)
