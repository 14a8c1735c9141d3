"""The dumps of views in a bundle: taken from whoever serves the views, deflated on the disk.

Each view is read at one moment of its own, before the log is signed: so the log of the bundle
reaches at least as far as any view, and nothing waits while the log is written.
"""

import tempfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Protocol, Self

import msgspec

from tracker.proof.bundle import ViewDump, dump_path
from tracker.proof.pack import ZipWriter

_PART_BYTES = 1 << 30


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a view of which all lines were handed over."""

    version: int
    position: int
    rows: int
    state_hash: str
    without: str | None = None
    """Why no line was handed over; None where all were."""


class Dumps(Protocol):
    """Whoever has the rows of the views."""

    @property
    def names(self) -> Sequence[str]:
        """The views that there are."""
        ...

    async def settle(self) -> None:
        """Bring the views to the end of the log, as far as they go."""
        ...

    async def take(self, name: str, write: Callable[[bytes], object]) -> Taken:
        """Hand the canonical lines of a view over, all of one moment."""
        ...


class _Part:
    """A file of a dump: deflated while it is written."""

    def __init__(self, held: ExitStack) -> None:
        self.file = held.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 — held until written
        self._deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
        self.crc = self.size = 0

    def write(self, data: bytes) -> None:
        self.file.write(self._deflate.compress(data))
        self.crc = zlib.crc32(data, self.crc)
        self.size += len(data)

    def end(self) -> None:
        self.file.write(self._deflate.flush())


class Spool:
    """Dumps on the disk until the log that explains them is signed and written."""

    def __init__(self, dumps: Dumps | None) -> None:
        self._dumps = dumps
        self._held = ExitStack()
        self._taken: dict[str, Taken] = {}
        self._parts: dict[str, list[_Part]] = {}
        self._names: Sequence[str] = dumps.names if dumps else ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    async def take(self) -> None:
        """Take the dumps of all views."""
        if self._dumps is None:
            return
        await self._dumps.settle()
        for name in self._names:
            parts = [_Part(self._held)]
            self._taken[name] = await self._dumps.take(name, self._writing(parts))
            parts[-1].end()
            self._parts[name] = parts

    def _writing(self, parts: list[_Part]) -> Callable[[bytes], object]:
        def write(lines: bytes) -> None:
            if parts[-1].size > _PART_BYTES:
                parts[-1].end()
                parts.append(_Part(self._held))
            parts[-1].write(lines)

        return write

    def write(
        self, out: ZipWriter, *, until: int, erased_at: int, without: str | None
    ) -> tuple[dict[str, ViewDump], dict[str, str]]:
        """Write the dumps that the bundle's payloads explain; those written, and why not others.

        `until` is the last position with a payload, `erased_at` that of the last erasure;
        `without` says why the bundle has no dumps at all.
        """
        written: dict[str, ViewDump] = {}
        left_out: dict[str, str] = {}
        for name in self._names:
            taken = self._taken.get(name)
            reason = without or (taken and _unexplained(taken, until, erased_at))
            if reason or taken is None:
                left_out[name] = reason or "it was not taken"
                continue
            for number, part in enumerate(self._parts[name]):
                path = dump_path(name, number)
                out.add_deflated(path, part.file, crc=part.crc, size=part.size)
            written[name] = ViewDump(
                version=taken.version, position=taken.position, rows=taken.rows,
                state_hash=taken.state_hash, files=len(self._parts[name]),
            )  # fmt: skip
        return written, left_out


def _unexplained(taken: Taken, until: int, erased_at: int) -> str | None:
    """Why a dump cannot be derived from what the bundle holds."""
    if taken.without:
        return taken.without
    if taken.position > until:
        return f"it has folded position {taken.position}, and the payloads end at {until}"
    if taken.position < erased_at:
        return f"it has folded position {taken.position}, before the erasure at {erased_at}"
    return None
