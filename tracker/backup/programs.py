"""`pg_dump` and `pg_restore`, run as processes; their complaint becomes our sentence."""

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from pathlib import Path

from tracker.binaries import wheel_programs
from tracker.domain.errors import Unavailable
from tracker.log.database import without_password


async def dump(url: str, file: Path, *, snapshot: str | None = None) -> None:
    """Write a database into a file, at a snapshot that somebody holds open.

    Raises Unavailable with what `pg_dump` had to say.
    """
    chosen = ["--snapshot", snapshot] if snapshot else []
    await _run("pg_dump", url, ["-Fc", "--compress=gzip:3", "-f", str(file), *chosen])


async def bring_back(url: str, file: Path) -> None:
    """Fill an empty database from such a file, on all cores; Unavailable where that fails."""
    jobs = str(min(os.cpu_count() or 1, 8))
    await _run("pg_restore", url, ["--exit-on-error", "-j", jobs], str(file))


async def analyze(url: str) -> None:
    """Have the planner know the tables, which come without statistics."""
    await _run("vacuumdb", url, ["--analyze-only", "--quiet"])


async def _run(name: str, url: str, options: Sequence[str], *files: str) -> None:
    # Everybody on the machine can read the arguments of a process, but not its environment.
    address, password = without_password(url)
    environment = {"PATH": os.defpath, "LC_ALL": "C"}
    environment |= {"PGPASSWORD": password} if password else {}
    process = await asyncio.create_subprocess_exec(
        wheel_programs() / name, "-d", address, "--no-password", *options, *files,
        stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, env=environment,
    )  # fmt: skip
    try:
        _, said = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        lines = said.decode(errors="replace").strip().splitlines()
        raise Unavailable(f"{name} failed: {lines[0] if lines else process.returncode}")
