"""Pacing: when a subscriber is told, and what is told together."""

from datetime import time
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tracker.domain.base import require
from tracker.domain.policy import Severity
from tracker.domain.values import Instant

Rhythm = Literal["hourly", "daily", "weekly"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours of the day, on the subscriber's clock, in which nothing is sent."""

    begins: str = msgspec.field(name="from")
    ends: str = msgspec.field(name="to")


class Pacing(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """When alerts are sent; without any of this each is sent at once.

    Times of day (`08:00`) are on the clock of `zone`, an IANA name. What is held back is told
    together when its time comes, and says why it was held.
    """

    zone: str | None = None
    """UTC unless set."""
    digest: Rhythm | None = None
    digest_at: str | None = None
    """When a daily or weekly digest is sent; 08:00 unless set."""
    digest_on: Weekday | None = None
    """On which day a weekly digest is sent; Monday unless set."""
    group_s: int | None = None
    """For so long after the first alert others are told together with it."""
    quiet: Quiet | None = None
    muted_until: Instant | None = None
    most_per_hour: int | None = None
    """What comes beyond it within an hour is summed up at the end of that hour."""
    passing_severity: Severity | None = None
    """What is as severe as this is sent at once, whatever else is set."""
    weekly_note: bool = True
    """Whether a note says once a week what came, or that nothing did, and how the feeds are."""
    weekly_note_on: Weekday | None = None
    """Monday unless set."""
    weekly_note_at: str | None = None
    """09:00 unless set."""

    def require_valid(self) -> None:
        """Refuse a zone, a time or a number that cannot be."""
        try:
            ZoneInfo(self.zone or "UTC")
            known = True
        except (ZoneInfoNotFoundError, ValueError, OSError):
            known = False
        require(known, f"pacing.zone: {self.zone!r} is not a time zone", "pacing.zone")
        at_set = self.digest in ("daily", "weekly")
        require(
            self.digest_at is None or at_set,
            "pacing.digest_at: only a daily or weekly digest has a time",
            "pacing.digest_at",
        )
        require(
            self.digest_on is None or self.digest == "weekly",
            "pacing.digest_on: only a weekly digest has a day",
            "pacing.digest_on",
        )
        if self.digest_at is not None:
            time_of_day(self.digest_at, "pacing.digest_at")
        for field in ("weekly_note_on", "weekly_note_at"):
            require(
                self.weekly_note or getattr(self, field) is None,
                f"pacing.{field}: the weekly note is turned off",
                f"pacing.{field}",
            )
        if self.weekly_note_at is not None:
            time_of_day(self.weekly_note_at, "pacing.weekly_note_at")
        if self.quiet:
            begins = time_of_day(self.quiet.begins, "pacing.quiet.from")
            ends = time_of_day(self.quiet.ends, "pacing.quiet.to")
            require(begins != ends, "pacing.quiet: begins when it ends", "pacing.quiet")
        for field, most in (("group_s", 7 * 24 * 3600), ("most_per_hour", 10_000)):
            number: int | None = getattr(self, field)
            require(
                number is None or 0 < number <= most,
                f"pacing.{field}: {number} is not between 1 and {most}",
                f"pacing.{field}",
            )


def time_of_day(text: str, field: str) -> time:
    """A time such as 08:00; Refused names the field."""
    try:
        found = time.fromisoformat(text) if len(text) == 5 else None
    except ValueError:
        found = None
    require(found, f"{field}: {text[:80]!r} is not a time of day (write 08:00)", field)
    assert found is not None
    return found
