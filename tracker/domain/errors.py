"""Every way in which the tracker says no, as one tree.

    TrackerError
    ├── Refused            the input is wrong; the sentence names the field and the reason
    │   └── TooLarge       the input is over a limit
    ├── NotFound           what was named does not exist
    ├── Conflict           somebody else was first
    │   └── OtherContent   the same id holds other content; trying again does not help
    ├── Forbidden          the user may not do this
    ├── Disproved          what was to be proved is not so
    └── Unavailable        a dependency (database, network) is away; trying again may help

The tree knows nothing of HTTP or exit codes; the doors translate it.
"""


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
