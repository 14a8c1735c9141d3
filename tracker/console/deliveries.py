"""What was told: messages with every attempt, what was held back and why, and dead letters."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from projections.alerts.compose import Composer
from projections.alerts.holding import HeldBack, Holding
from projections.alerts.leases import Leases
from projections.alerts.message import Attempt, Message
from projections.alerts.outbox import Outbox
from projections.alerts.render import sentence
from projections.views.subscriptions import Subscription
from tracker.console.lines import headlines
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.subscribed import standing_of
from tracker.console.visits import GivenParts, arrive, decider, position, posted_by
from tracker.console.watching import FORGOTTEN, channel_words
from tracker.cursors import Place, cursor, place_of
from tracker.domain.errors import NotFound, Refused
from tracker.parts import Parts
from tracker.tables.users import User

_PAGE = 30
_MOST = 10_000
STATUSES = {"owed": "to be sent", "delivered": "delivered", "dead": "given up",
            "cancelled": "not sent"}  # fmt: skip
_DONE = {
    "seen": "Acknowledged.",
    "replayed": "What was given up is sent again, under the same ids.",
}


class Tried(msgspec.Struct, frozen=True):
    """One attempt in words."""

    at: datetime
    said: str
    failed: bool


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A message as a page shows it."""

    message: Message
    status: str
    subject: str
    text: str
    through: str
    title: str
    tried: list[Tried]
    seen: bool
    """Whether all in it is acknowledged."""
    own: bool
    """Whether it is for the user to acknowledge."""


class Waiting(msgspec.Struct, frozen=True):
    """An alert that was held back or dropped, in words."""

    held: HeldBack
    line: str


@get("/alerts/log")
async def log(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Every message to the user's subscriptions, the latest first; admins and auditors see all."""
    visit = await arrive(request, parts)
    asked = request.query_params
    status = asked.get("status") if asked.get("status") in STATUSES else None
    seen = await parts.whose_alerts(visit.user)
    outbox, which, before = Outbox(parts.database), [status or ""], asked.get("before")
    found = await outbox.messages(
        subscriptions=seen,
        status=status,
        before=place_of(before, which, tuple[Place, Place], "before") if before else None,
        limit=_PAGE,
    )
    dead = await outbox.messages(subscriptions=seen, status="dead", limit=1)
    return page(
        request,
        "alert-log.html",
        visit=visit,
        messages=await told(parts, found, visit.user),
        older=cursor(which, _place(found[-1])) if len(found) == _PAGE else None,
        chosen=status,
        statuses=STATUSES,
        dead=dead[0].position if dead else None,
        notice=_DONE.get(asked.get("done", "")),
        focus=asked.get("focus"),
        twin=with_query("/api/v1/alerts", [("status", status)]),
    )


@post("/alerts/messages/{message:uuid}/seen", status_code=303)
async def acknowledge(request: AnyRequest, parts: GivenParts, message: FromPath[UUID]) -> Redirect:
    """Note that the user has seen an alert, or all of a message."""
    visit = await arrive(request, parts)
    fields = await posted_by(request, visit)
    await parts.acknowledge(message, visit.user)
    return _back(fields, "seen", focus=message)


@post("/alerts/messages/replay", status_code=303)
async def replay(request: AnyRequest, parts: GivenParts) -> Redirect:
    """Send what was given up in a range of the log again."""
    visit, fields = await decider(request, parts)
    after = position("from", fields.get("from")) or 0
    until = position("to", fields.get("to"))
    if until is None or until < after:
        raise Refused("to: say up to which position, not before the first", field="to")
    seen, of = await parts.whose_alerts(visit.user), fields.get("of")
    if of:
        seen = [of] if seen is None or of in seen else []
    await Leases(parts.deliver_database).replay(
        after=max(after - 1, 0),
        until=until,
        now=parts.clock(),
        channel=fields.get("channel") or None,
        subscriptions=seen,
    )
    return _back(fields, "replayed")


def _place(message: Message) -> tuple[int, int]:
    return message.position, message.number


def _back(fields: Mapping[str, str], done: str, *, focus: UUID | None = None) -> Redirect:
    """To the page whose form it was: a subscription's, or the log."""
    name = fields.get("subscription", "")
    place = "log"
    if name:
        try:
            place = str(UUID(name))
        except ValueError:
            raise Refused("subscription: is no id", field="subscription") from None
    pairs = [("done", done), ("focus", focus)]
    return Redirect(with_query(f"/alerts/{place}", pairs), status_code=303)


async def told(parts: Parts, messages: Sequence[Message], user: User) -> list[Told]:
    """Messages in words, with every attempt; where they went is for owners and admins to know."""
    if not messages:
        return []
    composed = await Composer(parts.database, parts.public_url).compose_all(messages)
    attempts = await Outbox(parts.database).attempts(*(message.id for message in messages))
    channels = {
        channel.id: channel_words(channel)
        if user.role == "admin" or channel.owner == str(user.id)
        else channel.kind
        for channel in await parts.channels.all()
    }
    names = {m.subscription for m in messages if m.subscription}
    rows = await parts.views.select(
        Subscription, within={"subscription": sorted(names)}, limit=_MOST
    )
    titles = {one.row.subscription: one.title for one in await standing_of(parts, rows)}
    owners = {row.subscription: row.owner for row in rows}
    found: list[Told] = []
    for message in messages:
        made: Any = composed[message.id]
        wordless = isinstance(made, Exception)
        tries = attempts[message.id]
        found.append(
            Told(
                message=message,
                status=_status(message),
                subject=_wordless(made) if wordless else made.subject,
                text="" if wordless else made.text,
                through=channels.get(message.channel, FORGOTTEN),
                title=titles.get(message.subscription or "", "a notice to the owner of a channel"),
                tried=[_tried(one, message, one is tries[-1], channels) for one in tries],
                seen=all(member.acknowledged_at for member in message.members),
                own=user.role == "admin" or owners.get(message.subscription or "") == str(user.id),
            )
        )
    return found


def _wordless(fault: Exception) -> str:
    gone = isinstance(fault, NotFound)
    return "What it told of was erased" if gone else "It cannot be put in words at present"


def _status(message: Message) -> str:
    if message.status == "owed" and message.attempts:
        return "failed so far"
    return STATUSES.get(message.status, message.status)


def _tried(one: Attempt, message: Message, last: bool, channels: Mapping[str, str]) -> Tried:
    arrived = one.error is None
    said = "Arrived" if arrived else f"Failed: {one.error}"
    if one.status is not None and (arrived or str(one.status) not in (one.error or "")):
        said += f", answered {one.status}"
    if one.latency_ms is not None:
        said += f", after {one.latency_ms} ms"
    if one.channel and one.channel != message.channel:
        said += f", through {channels.get(one.channel, FORGOTTEN)}"
    if last and message.status == "dead":
        said += "; no further attempt was made"
    return Tried(one.attempted_at, said, not arrived)


async def held(parts: Parts, subscription: str) -> list[Waiting]:
    """What a subscription was not told at once, the latest first, with the reason."""
    found = await Holding(parts.database).held(subscriptions=[subscription], limit=_PAGE)
    lines = await headlines(parts, [str(one.event) for one in found])
    return [Waiting(one, _line(one, lines.get(str(one.event), one.kind))) for one in found]


def _line(one: HeldBack, headline: str) -> str:
    reasons = one.matched.reasons
    return sentence(reasons[0], headline) if reasons else headline


PAGE = pages(log, acknowledge, replay)
