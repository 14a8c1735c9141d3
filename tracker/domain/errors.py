"""Every way in which the tracker says no, as one tree.

    TrackerError
    ├── Refused            the input is wrong; the sentence names the field and the reason
    │   └── TooLarge       the input is over a limit
    ├── NotFound           what was named does not exist
    ├── Conflict           somebody else was first
    │   ├── OtherContent   the same id holds other content; trying again does not help
    │   └── Decided        another reviewer was first: who, with what, and when
    ├── Forbidden          the user may not do this
    ├── Disproved          what was to be proved is not so
    └── Unavailable        a dependency (database, network) is away; trying again may help

The tree knows nothing of HTTP or exit codes; the doors translate it.
"""

from datetime import datetime


class TrackerError(Exception):
    """A sentence for the person who asked, with the data behind it."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Refused(TrackerError):
    """The input is wrong and nothing was written."""


class TooLarge(Refused):
    """The input is over a limit and nothing was written."""


class NotFound(TrackerError):
    """What was named does not exist."""


class Conflict(TrackerError):
    """The log moved since it was read."""


class OtherContent(Conflict):
    """An id is taken by other content."""


class Decided(Conflict):
    """Another reviewer was first; `by` is a user's id, which a door puts a name to."""

    def __init__(
        self, *, what: str, how: str, by: str, at: datetime, reason: str | None = None
    ) -> None:
        because = f": {reason}" if reason else ""
        super().__init__(
            f"{what} was already {how} by {by} on {at:%Y-%m-%d at %H:%M} UTC{because}",
            field=what.partition(" ")[0],
        )
        self.what = what
        self.how = how
        self.by = by
        self.at = at
        self.reason = reason

    def named(self, by: str) -> "Decided":
        """The same with the name of who decided."""
        return Decided(what=self.what, how=self.how, by=by, at=self.at, reason=self.reason)


class Forbidden(TrackerError):
    """The user's role does not allow this."""


class Disproved(TrackerError):
    """A proof does not hold; the place of the first fault is a position, a file or both."""

    def __init__(
        self, message: str, *, position: int | None = None, file: str | None = None
    ) -> None:
        super().__init__(message)
        self.position = position
        self.file = file


class Unavailable(TrackerError):
    """A dependency is away; the same request may succeed later."""
