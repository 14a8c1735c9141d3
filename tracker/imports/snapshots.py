"""Brings a snapshot of the Passport Index dataset into the log, its bytes into the evidence."""

import zlib
from collections.abc import AsyncGenerator

import msgspec

from tracker.clock import Clock
from tracker.domain.base import Actor, Item, Query, Recorded
from tracker.domain.errors import Refused, TooLarge
from tracker.domain.policy import PolicyObserved
from tracker.domain.values import day, ruled
from tracker.imports.importer import Importer, Progress, Tally, quiet
from tracker.imports.passport_index import PUBLISHER, Rule, cells, entries, said_before, snapshot
from tracker.log.evidence import Capture, Evidence
from tracker.log.read import Reader

LARGEST_BYTES = 50_000_000
_OBSERVED = Query((Item(types=(PolicyObserved.type,)),))
_PAGE = 2000


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the dataset with what is known about it."""

    data: bytes
    """CSV in UTF-8, or that compressed by gzip."""
    observed_on: str
    publisher: str = PUBLISHER
    url: str | None = None


class Snapshots:
    """Imports snapshots, one after the other in the order of their days."""

    def __init__(
        self, importer: Importer, reader: Reader, evidence: Evidence, clock: Clock
    ) -> None:
        self._importer = importer
        self._reader = reader
        self._evidence = evidence
        self._clock = clock

    async def bring_in(self, given: Given, actor: Actor, progress: Progress = quiet) -> Tally:
        """Observe what a snapshot says of every cell that changed since the one before it.

        Raises Refused where the file is malformed or older than what is in the log, OtherContent
        where the log has another file of that day.
        """
        observed_on = ruled(day, given.observed_on, "observed-on")
        now = self._clock()
        if observed_on > now.date():
            raise Refused(f"observed-on: {observed_on} is yet to come", field="observed-on")
        text = _text(given.data)
        for _ in cells(text):
            pass  # all of it is read before anything of it is kept
        before = await self._before(observed_on.isoformat())
        capture = Capture(url=given.url, captured_at=now)
        of = snapshot(
            text,
            observed_on.isoformat(),
            await self._evidence.keep(given.data, capture),
            await self._evidence.keep(text.encode()),
            given.publisher,
            given.url,
        )
        return await self._importer.run(entries(of, before), actor, progress)

    async def _before(self, observed_on: str) -> dict[tuple[str, str], Rule]:
        said: dict[tuple[str, str], Rule] = {}
        async for page in self._observations():
            said |= said_before(page, observed_on)
        return said

    async def _observations(self) -> AsyncGenerator[list[Recorded]]:
        after = 0
        while page := await self._reader.read(_OBSERVED, after=after, limit=_PAGE):
            yield page
            after = page[-1].position


def _text(data: bytes) -> str:
    if data.startswith(b"\x1f\x8b"):
        inflate = zlib.decompressobj(wbits=31)
        try:
            data = inflate.decompress(data, LARGEST_BYTES + 1)
        except zlib.error as wrong:
            raise Refused(f"the file is no gzip: {wrong}") from None
        if not inflate.eof and len(data) <= LARGEST_BYTES:
            raise Refused("the file is no gzip: it ends too early")
    if len(data) > LARGEST_BYTES:
        raise TooLarge(f"the file has more than {LARGEST_BYTES} bytes")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Refused("the file is no text in UTF-8") from None
