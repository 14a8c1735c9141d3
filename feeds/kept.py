"""The bytes of an answer as evidence: stored once, with how they came."""

import hashlib
from uuid import UUID

from feeds.fetched import Fetched
from tracker.log.evidence import Capture, Evidence


class Kept:
    """The bytes of a response, stored as evidence once one of its items needs them.

    Where an item of it was erased they are withheld: only their hash is on record.
    """

    def __init__(self, evidence: Evidence, fetched: Fetched, withheld_by: UUID | None) -> None:
        self._evidence = evidence
        self._fetched = fetched
        self._withheld_by = withheld_by
        self._sha256: str | None = None

    async def sha256(self) -> str:
        """Their SHA-256, once they are stored or withheld."""
        if self._sha256 is None and self._withheld_by is not None:
            self._sha256 = await self._evidence.withhold(self._fetched.body, self._withheld_by)
        if self._sha256 is None:
            self._sha256 = await self._evidence.keep(self._fetched.body, capture_of(self._fetched))
        return self._sha256


def capture_of(fetched: Fetched) -> Capture:
    """How the bytes of an answer came to us."""
    return Capture(
        url=fetched.url,
        captured_at=fetched.fetched_at,
        status=fetched.status,
        headers=tuple(fetched.headers.items()),
        media_type=fetched.content_type,
    )


def sha256_of(text: str) -> str:
    """The hash that a text is kept under."""
    return hashlib.sha256(text.encode()).hexdigest()
