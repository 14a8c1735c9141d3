"""Files that must outlive a crash of the machine."""

import os
from pathlib import Path


def flush_folder(folder: Path) -> None:
    """Have the disk hold the names in a folder: a file is found again only by its name."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
