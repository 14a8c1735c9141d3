"""`/health`: where the log is, how far views are behind, what failed to fold, and how feeds do."""

from typing import Literal

import msgspec
from litestar import get

from projections.progress import DeadLetter, Progress, dead_letters, owner, progress
from tracker.api.access import LOCAL, OpenParts
from tracker.tables.hosts import Polls, polls


class Health(msgspec.Struct, frozen=True):
    """`ok` unless a view stands still."""

    status: Literal["ok", "degraded"]
    position: int
    views: list[Progress]
    folded_by: str | None
    """The process that folds the views: host, process id, and a word of chance."""
    dead_letters: list[DeadLetter]
    feeds: Polls


@get("/health", opt=LOCAL, tags=["health"])
async def health(parts: OpenParts) -> Health:
    """How the tracker is; on this machine no token is needed."""
    views = await progress(parts.database)
    return Health(
        status="degraded" if any(v.halted for v in views) else "ok",
        position=await parts.reader.head(),
        views=views,
        folded_by=await owner(parts.database),
        dead_letters=await dead_letters(parts.database),
        feeds=await polls(parts.database, parts.clock()),
    )
