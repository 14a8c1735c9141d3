"""A log of most kinds of event with its views, the bundles of both, and a keeper who lies."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import msgspec

from projections import VIEWS
from projections.served import Served
from tests.tracker.log.events import ANALYST
from tests.tracker.proof.bundles import members, rewrite
from tracker.domain.base import NewEvent
from tracker.log.append import Appender
from tracker.parts import Parts
from tracker.proof.bundle import MANIFEST, Manifest, ViewDump, dump_path
from tracker.proof.export import Exporter, Wanted
from tracker.proof.note import note_text
from tracker.proof.verify import verify

FEEDS = dump_path("feeds", 0)


class Office:
    """A log of most kinds of event, its views, and bundles of both."""

    def __init__(self, parts: Parts, folder: Path) -> None:
        self.parts = parts
        self.folder = folder

    async def append(self, *new: NewEvent) -> None:
        """Put events on record."""
        await Appender(self.parts.database).append(new, ANALYST, uuid4())

    async def bundle(self, wanted: Wanted | None = None) -> Path:
        """Make a bundle with dumps, which holds what it says."""
        parts, path = self.parts, self.folder / f"{uuid4()}.zip"
        exporter = Exporter(
            database=parts.database, reader=parts.reader, executor=parts.executor,
            signer=parts.signer, clock=parts.clock,
            dumps=Served(parts.database, VIEWS, parts.settle),
        )  # fmt: skip
        await exporter.export(path, wanted or Wanted(with_evidence=False), ANALYST)
        self.verify(path)
        return path

    def verify(self, path: Path) -> None:
        """Check everything but the rows."""
        verify(path, self.parts.signer.verifier())

    def forge(self, path: Path, change: Callable[[bytes], bytes], name: str = FEEDS) -> None:
        """Change a dump as the keeper could, who has the key and signs what is false."""
        files = members(path)
        files[name] = change(files[name])
        manifest = manifest_of(path)
        view = name.split("/")[1]
        forged = msgspec.structs.replace(
            manifest.views[view], state_hash=hashlib.sha256(files[name]).hexdigest()
        )
        self.sign(path, files, {**manifest.views, view: forged})

    def sign(self, path: Path, files: dict[str, bytes], views: dict[str, ViewDump]) -> None:
        """Write the bundle with other words about its views, signed."""
        manifest = msgspec.structs.replace(manifest_of(path), views=views)
        files[MANIFEST] = self.parts.signer.vouch(manifest.text).encode()
        rewrite(path, files)


def manifest_of(path: Path) -> Manifest:
    return Manifest.parse(note_text(members(path)[MANIFEST].decode()))
