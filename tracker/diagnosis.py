"""What is wrong, and what to do about it: judged from figures, so that anything may gather them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from projections.alerts.figures import AlertFigures
from projections.progress import Progress
from tracker.tables.hosts import Polls

Level = Literal["ok", "warning", "wrong"]
_LATE_S = 60.0
_DRIFT_S = 5.0
_ROOM_BYTES = 1 << 30
_SIGNED_LATE = timedelta(hours=2)


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: how it is, and what to do."""

    about: str
    level: Level
    what: str
    remedy: str = ""


def of_room(free_bytes: int, folder: str) -> Finding:
    """Whether the disk has room."""
    left = f"{free_bytes / 1e9:.1f} GB are free below {folder}"
    if free_bytes < _ROOM_BYTES:
        return Finding("disk", "wrong", left, "make room: a full disk stops every append")
    return Finding("disk", "ok", left)


def of_mode(mode: int, folder: str) -> Finding:
    """Whether the data folder is for its owner only."""
    if mode & 0o077:
        return Finding(
            "data folder", "warning", f"others may look into {folder}", f"chmod 700 {folder}"
        )
    return Finding("data folder", "ok", f"{folder} is for its owner only")


def of_clock(ours: datetime, theirs: datetime) -> Finding:
    """Whether our clock and the database's agree."""
    apart = abs((ours - theirs).total_seconds())
    if apart > _DRIFT_S:
        said = f"our clock and the database's are {apart:.0f} s apart"
        return Finding("clock", "wrong", said, "let both keep time by NTP")
    return Finding("clock", "ok", "our clock agrees with the database's")


def of_appends(trouble: str | None) -> Finding:
    """Whether this process could record what it was given lately."""
    if trouble:
        said = f"what was to be recorded within the last minute was not: {trouble}"
        return Finding("log", "wrong", said, "see the log of PostgreSQL")
    return Finding("log", "ok", "what is to be recorded is")


def of_views(views: Sequence[Progress], folded_by: str | None) -> Iterator[Finding]:
    """Whether views stand still, are late or go on without events."""
    for view in views:
        named = f"the view {view.view}"
        if view.halted:
            said = f"{named} stands still at position {view.position}: {view.halted}"
            remedy = f"a newer version, or: tracker rebuild {view.view}"
            yield Finding("views", "wrong", said, remedy)
        elif view.lag_s > _LATE_S and folded_by is None:
            said = f"{named} is {view.lag} events behind and no process folds it"
            yield Finding("views", "wrong", said, "start tracker work")
        elif view.lag_s > _LATE_S:
            said = f"{named} is {view.lag} events behind, since {view.lag_s:.0f} s"
            yield Finding("views", "wrong", said, "tracker status shows how fast")
        if view.dead_letters:
            said = f"{named} goes on without {view.dead_letters} events"
            remedy = f"after an upgrade: tracker rebuild {view.view}"
            yield Finding("views", "warning", said, remedy)
    if not any(view.halted or view.lag_s > _LATE_S for view in views):
        yield Finding("views", "ok", f"{len(views)} views are up to date")


def of_alerts(head: int, alerts: AlertFigures) -> Iterator[Finding]:
    """Whether messages wait, died, or are not matched."""
    dead = alerts.messages.get("dead", 0)
    late, unmatched = alerts.oldest_owed_s > _LATE_S, alerts.match_lag_s > _LATE_S
    if late:
        said = f"a message to a subscriber has waited for {alerts.oldest_owed_s:.0f} s"
        yield Finding("alerts", "warning", said, "is tracker work running? else: tracker alerts")
    if dead:
        yield Finding(
            "alerts", "warning", f"{dead} messages could not be delivered",
            "mend the endpoint, then replay them: tracker alerts replay --help",
        )  # fmt: skip
    if unmatched:
        said = f"{head - alerts.matched} events are not matched with subscriptions yet"
        yield Finding("alerts", "wrong", said, "start tracker work")
    if not (dead or late or unmatched):
        yield Finding("alerts", "ok", f"everything owed up to position {alerts.matched} is sent")


def of_circuits(alerts: AlertFigures) -> Finding:
    """Whether endpoints of subscribers fail, which is theirs to mend."""
    if alerts.open_circuits:
        said = f"{alerts.open_circuits} endpoints fail and are left alone for a while"
        return Finding("endpoints", "warning", said, "tracker channel list")
    return Finding("endpoints", "ok", "no endpoint is left alone")


def of_feeds(found: Polls) -> Finding:
    """Whether feeds fail."""
    if found.failing:
        said = f"{found.failing} of {found.feeds} feeds fail"
        return Finding("feeds", "warning", said, "tracker feed list says why")
    return Finding("feeds", "ok", f"{found.feeds} feeds, none fails")


def of_signer(
    head: int, signed: int | None, signed_at: datetime | None, now: datetime, every_s: int
) -> Finding:
    """Whether the log is signed for, and lately."""
    if head == 0:
        return Finding("signer", "ok", "the log is empty")
    if signed is None or signed_at is None:
        level: Level = "warning" if every_s else "ok"
        return Finding("signer", level, "nothing was signed yet", "tracker checkpoint")
    if every_s and head > signed + 1 and now - signed_at > _SIGNED_LATE:
        said = f"{head - signed} events are not signed for, since {signed_at:%Y-%m-%d %H:%M} UTC"
        return Finding("signer", "warning", said, "is the folder signer/ where tracker work runs?")
    return Finding("signer", "ok", f"signed up to position {signed}")


def of_secrets(sealed: int, *, keyed: bool) -> Finding:
    """Whether what is sealed can be opened."""
    if sealed and not keyed:
        said = f"{sealed} sealed settings cannot be opened"
        return Finding("secrets", "wrong", said, "set TRACKER_SECRET_KEY to the key of before")
    if not keyed:
        said = "contact data of subscribers are not encrypted"
        return Finding("secrets", "warning", said, "set TRACKER_SECRET_KEY")
    return Finding("secrets", "ok", "settings of channels and feeds are encrypted")


def of_mail(addresses: int, *, served: bool) -> Finding:
    """Whether mail can be sent to whom it is owed."""
    if addresses and not served:
        said = f"{addresses} subscribers are told by mail and no server is set"
        return Finding("mail", "wrong", said, "set TRACKER_SMTP_URL; tracker mail test ADDRESS")
    return Finding("mail", "ok", "a server is set" if served else "nobody is told by mail")


def of_address(public_url: str | None, *, loopback: bool) -> Finding:
    """Whether links in messages lead here."""
    if public_url is None and not loopback:
        said = "links in alerts lead to the address that is listened on"
        return Finding("address", "warning", said, "set TRACKER_PUBLIC_URL")
    return Finding("address", "ok", f"links lead to {public_url or 'this machine'}")
