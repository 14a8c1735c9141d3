"""What the signer keeps outside the database: its key, and the last checkpoint it signed.

    <data folder>/signer/       only for the user that runs the tracker (0700)
        key                     PRIVATE+KEY+<origin>+…: the origin of the log is the key's name
        signed                  the last note signed
        lock                    held while something is signed

Both files are replaced as a whole and reach the disk before anybody relies on them. To move the
log elsewhere, move the folder; never run two copies of it.
"""

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from tracker.domain.errors import Conflict, Unavailable
from tracker.files import flush_folder
from tracker.proof.note import SignerKey

_SEED_BYTES = 32
_ORIGIN_BYTES = 4


class Memory:
    """The signer's folder; its methods block until the disk has what they write."""

    def __init__(self, folder: Path, host: str, entropy: Callable[[int], bytes]) -> None:
        self.folder = folder
        self._host = host
        self._entropy = entropy

    @contextmanager
    def held(self) -> Generator[None]:
        """Be the only signer on this folder.

        Raises Conflict where another is at it, Unavailable where the folder cannot be used.
        """
        with self._usable():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(f"another process is signing with {self.folder}") from None
            yield
        finally:
            os.close(lock)

    def kept_key(self) -> SignerKey | None:
        """The key, None where none was made yet."""
        text = self._read("key")
        return None if text is None else SignerKey.parse(text)

    def key(self) -> SignerKey:
        """The key, made if there is none; held() must be held."""
        return self.kept_key() or self._keep(self._entropy(_SEED_BYTES))

    def new_origin(self) -> SignerKey:
        """The same key under the name of a new origin; held() must be held."""
        kept = self.kept_key()
        return self._keep(kept.seed if kept else self._entropy(_SEED_BYTES))

    def signed(self) -> str | None:
        """The last note signed, of this origin or an earlier one."""
        return self._read("signed")

    def remember(self, note: str) -> None:
        """Keep a note; when this returns, a crash of the machine does not undo it."""
        self._write("signed", note)

    def _keep(self, seed: bytes) -> SignerKey:
        key = SignerKey(f"{self._host}/log/{self._entropy(_ORIGIN_BYTES).hex()}", seed)
        self._write("key", f"{key.text}\n")
        return key

    def _read(self, name: str) -> str | None:
        with self._usable():
            try:
                return (self.folder / name).read_text("utf-8")
            except FileNotFoundError:
                return None

    def _write(self, name: str, text: str) -> None:
        draft = self.folder / f"{name}.new"
        with self._usable():
            # Left behind by a crash, it may have been opened by whoever could read it then.
            draft.unlink(missing_ok=True)
            file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(file, "w", encoding="utf-8", newline="") as opened:
                opened.write(text)
                opened.flush()
                os.fsync(file)
            draft.rename(self.folder / name)
            flush_folder(self.folder)

    @contextmanager
    def _usable(self) -> Generator[None]:
        try:
            yield
        except (OSError, UnicodeDecodeError) as fault:
            raise Unavailable(f"the signer's folder {self.folder}: {fault}") from fault
