"""`/health`: where the log is, what is late or stands still and why, and whether to send callers here."""

from typing import Any, Literal

import msgspec
from litestar import Request, Response, get

from projections.alerts.figures import AlertFigures, alert_figures
from projections.progress import DeadLetter, Progress, dead_letters, owner, progress
from tracker.api.access import LOCAL, PUBLIC, OpenParts
from tracker.diagnosis import of_alerts, of_appends, of_views
from tracker.domain.errors import TrackerError
from tracker.tables.hosts import Polls, polls


class Health(msgspec.Struct, frozen=True):
    """`ok` unless there is a reason not to be."""

    status: Literal["ok", "degraded"]
    reasons: list[str]
    """What is wrong, a sentence each."""
    position: int
    views: list[Progress]
    folded_by: str | None
    """The process that folds the views: host, process id, and a word of chance."""
    dead_letters: list[DeadLetter]
    alerts: AlertFigures
    feeds: Polls


class Alive(msgspec.Struct, frozen=True):
    """That this process answers at all."""

    status: Literal["alive"] = "alive"


class Ready(msgspec.Struct, frozen=True):
    """Whether callers should be sent to this process, and why not."""

    status: Literal["ready", "not ready"]
    reason: str | None = None


@get("/health", opt=LOCAL, tags=["health"])
async def health(parts: OpenParts) -> Health:
    """How the tracker is; on this machine no token is needed."""
    views, alerts = await progress(parts.database), await alert_figures(parts.database)
    head = await parts.reader.head()
    folds = await owner(parts.database)
    lately = of_appends(parts.executor.trouble())
    found = (lately, *of_views(views, folds), *of_alerts(head, alerts))
    reasons = [one.what for one in found if one.level != "ok"]
    return Health(
        status="degraded" if reasons else "ok",
        reasons=reasons,
        position=head,
        views=views,
        folded_by=folds,
        dead_letters=await dead_letters(parts.database),
        alerts=alerts,
        feeds=await polls(parts.database, parts.clock()),
    )


@get("/health/live", opt=PUBLIC, tags=["health"])
async def live() -> Alive:
    """That this process answers; restart it where it does not."""
    return Alive()


@get("/health/ready", opt=PUBLIC, tags=["health"], status_code=200)
async def ready(request: Request[Any, Any, Any], parts: OpenParts) -> Response[Ready]:
    """Whether callers should be sent here: 503 while it ends, and where its database is away."""
    if request.app.state.get("draining"):
        return Response(Ready("not ready", "this process is about to end"), status_code=503)
    try:
        await parts.replica.require_answer()
        await parts.views_at(None)
    except TrackerError:
        return Response(Ready("not ready", "the database does not answer"), status_code=503)
    return Response(Ready("ready"), status_code=200)
