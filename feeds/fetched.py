"""What one fetch may take and what comes of it."""

from datetime import datetime
from itertools import takewhile
from typing import Literal

import msgspec

from tracker.domain.errors import TrackerError

Outcome = Literal[
    "too-large",
    "timed-out",
    "refused",
    "disallowed",
    "http-error",
    "gone",
    "html",
    "unreachable",
    "bad-encoding",
]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how much one fetch may take, all hops together."""

    connect_s: float = 10
    read_s: float = 20
    total_s: float = 60
    slow_after_s: float = 10
    slow_bytes_per_s: float = 500
    wire_bytes: int = 20_000_000
    decoded_bytes: int = 50_000_000
    redirects: int = 5


class Validators(msgspec.Struct, frozen=True, kw_only=True):
    """What the server said about the copy we hold, echoed as it was sent."""

    etag: str | None = None
    last_modified: str | None = None


class Redirect(msgspec.Struct, frozen=True, kw_only=True):
    """One hop: its status and where it pointed.

    Without a status nobody answered on port 80, and https was tried instead.
    """

    status: int | None
    location: str

    @property
    def permanent(self) -> bool:
        """Whether the address before it is of no more use."""
        return self.status in (None, 301, 308)


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A full answer (200) or the word that nothing changed (304, with an empty body).

    `url` is the final one, without credentials; header names are lower case, and a header that was
    sent more than once is joined by a comma.
    """

    url: str
    status: Literal[200, 304]
    headers: dict[str, str]
    body: bytes
    fetched_at: datetime
    validators: Validators
    redirects: tuple[Redirect, ...] = ()
    wire_bytes: int = 0
    """Of the body as it was sent."""

    @property
    def content_type(self) -> str | None:
        """The Content-Type header, charset included."""
        return self.headers.get("content-type")

    @property
    def moved_to(self) -> str | None:
        """Where this lives for good, as far as its first hops say so."""
        permanent = tuple(takewhile(lambda hop: hop.permanent, self.redirects))
        return permanent[-1].location if permanent else None


class FetchFailed(TrackerError):
    """The fetch gave no body; `outcome` says in which way, `message` says it to a person."""

    def __init__(
        self,
        outcome: Outcome,
        message: str,
        *,
        status: int | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(message, field="url")
        self.outcome: Outcome = outcome
        self.status = status
        self.retry_after_s = retry_after_s
