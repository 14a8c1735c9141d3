"""Checkpoints (C2SP tlog-checkpoint): what a log looked like at one size, as the text of a note.

<origin>
<number of leaves>
<base64 of the root>
<further lines, if any>
"""

import base64
import binascii
import re

import msgspec

from tracker.domain.errors import Refused
from tracker.proof.tree import HASH_BYTES

_LINES = 3
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class Checkpoint(msgspec.Struct, frozen=True):
    """The root of the first `size` leaves of the log that calls itself `origin`."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The lines that are signed, each ending in a newline."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """The checkpoint of a note's text. Raises Refused where it is none."""
        origin, *lines = text.split("\n")
        if not origin or len(lines) < _LINES or lines.pop() or not all(lines):
            raise Refused("a checkpoint has an origin, a size and a root, a line each")
        size, encoded, *extensions = lines
        if not _SIZE.fullmatch(size):
            raise Refused(f"“{size[:20]}” is no size of a log")
        return cls(origin, int(size), _root(encoded), tuple(extensions))


def _root(encoded: str) -> bytes:
    try:
        root = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        root = b""
    if len(root) != HASH_BYTES or base64.b64encode(root).decode() != encoded:
        raise Refused(f"the root of a checkpoint is {HASH_BYTES} bytes in base64")
    return root
