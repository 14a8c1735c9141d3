"""A file that has its name only once it is whole."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tracker.domain.errors import Refused
from tracker.files import flush_folder


@contextmanager
def appearing(path: Path) -> Generator[BinaryIO]:
    """A new file, on disk and under its name at the end of the block, gone where that fails.

    Raises Refused where a file is there already or none can be written.
    """
    if path.exists():
        raise Refused(f"{path} is there already")
    draft = path.with_name(f".{path.name}.part")
    try:
        file = draft.open("wb")
    except OSError as fault:
        raise Refused(f"{path}: {fault.strerror}") from None
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        flush_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
