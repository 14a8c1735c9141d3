"""`/health`: where the log is, how far each view is behind, and what could not be folded."""

from typing import Literal

import msgspec
from litestar import get

from projections.checkpoints import checkpoints
from projections.tables import DeadLetter
from tracker.api.access import LOCAL, OpenParts


class ViewHealth(msgspec.Struct, frozen=True):
    """How far a view has come; `halted` says why it stands still."""

    view: str
    position: int
    lag: int
    halted: str | None


class Health(msgspec.Struct, frozen=True):
    """`ok` unless a view stands still."""

    status: Literal["ok", "degraded"]
    position: int
    views: list[ViewHealth]
    dead_letters: list[DeadLetter]


@get("/health", opt=LOCAL, tags=["health"])
async def health(parts: OpenParts) -> Health:
    """How the tracker is; on this machine no token is needed."""
    known = await checkpoints(parts.database)
    head = await parts.reader.head()
    # A view may pass the head between the two reads; it is not behind then.
    views = [ViewHealth(c.name, c.position, max(0, head - c.position), c.halted) for c in known]
    status = "degraded" if any(v.halted for v in views) else "ok"
    return Health(status, head, views, await parts.views.dead_letters())
