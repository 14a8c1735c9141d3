"""Brings a backup back into a data folder that has no log."""

import os
import shutil
from pathlib import Path

from tracker.backup import record
from tracker.backup.fill import aside, fill, put_in_place
from tracker.domain.errors import Refused
from tracker.embedded import set_aside


def restore(folder: Path, data: Path, erasures: Path | None) -> record.Backup:
    """Fill a data folder from a backup; the list of erasures may be a newer one than it has.

    Raises Refused where the backup is not whole, or the data folder has a log or a signer.
    """
    backup = record.read(folder)
    taken = [data / name for name in ("postgres", record.SIGNER, record.ERASURES)]
    present = [path for path in (*taken, *set_aside(data)) if path.exists()]
    if present:
        raise Refused(f"{present[0]} exists: a backup is brought back into a folder without a log")
    if erasures is not None and not erasures.is_file():
        raise Refused(f"there is no list of erasures {erasures}", field="erasures")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with aside(data) as unfinished:
        fill(unfinished, folder / record.DUMP, backup.owner, backup.position, backup.root)
        # The database comes last: a folder without one is no log yet, and can be filled again.
        _bring_secrets(folder, data)
        given = erasures or folder / record.ERASURES
        if given.exists():
            _copy(given, data / record.ERASURES)
        put_in_place(unfinished, data)
    return backup


def _bring_secrets(folder: Path, data: Path) -> None:
    source, target = folder / record.SIGNER, data / record.SIGNER
    if not source.is_dir():
        return
    target.mkdir(mode=0o700)
    os.chown(target, data.stat().st_uid, data.stat().st_gid)
    for path in source.iterdir():
        _copy(path, target / path.name)


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o600)
    os.chown(target, target.parent.stat().st_uid, target.parent.stat().st_gid)
