"""A disk of its own that can be filled to the last byte, in memory."""

import os
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.debian import superuser_of

_CHUNK_BYTES = 1 << 16


class Disk:
    """Where it is mounted; `fill` and `free` it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Take all the room that is left."""
        with self._filler.open("ab", buffering=0) as file:
            size = _CHUNK_BYTES
            while size:
                try:
                    file.write(bytes(size))
                except OSError:
                    size //= 16

    def free(self) -> None:
        """Give the room back."""
        self._filler.unlink()


def possible() -> bool:
    """Whether a disk can be made here."""
    if os.geteuid() != 0:
        return False
    tried = "mount -t tmpfs -o size=1m trackerprobe /mnt"
    return _run("unshare", "--mount", "sh", "-c", tried) == 0


@contextmanager
def disk(size_mb: int) -> Generator[Disk]:
    """A small disk that belongs to whoever runs servers."""
    user, group = superuser_of()
    with tempfile.TemporaryDirectory(prefix="tracker-disk-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        mounted = folder / "disk"
        mounted.mkdir()
        options = f"size={size_mb}m,uid={user},gid={group},mode=0755"
        assert _run("mount", "-t", "tmpfs", "-o", options, "tracker", str(mounted)) == 0
        try:
            yield Disk(mounted)
        finally:
            # Something may look at it for a moment yet.
            assert _run("umount", "--lazy", str(mounted)) == 0


def _run(*words: str) -> int:
    return subprocess.run(words, check=False, capture_output=True).returncode
