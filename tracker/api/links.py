"""Links that need no sign-in: to read a subscription's alerts, and to end it with one click.

`/alerts/{subscription}/{token}/atom`, `json` and `stream`; `/unsubscribe/{subscription}/{token}`.
"""

import re
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, MediaType, Request, Response, get, post
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream

from projections.alerts.compose import Composer
from projections.alerts.feeds import Entry, atom, event, json_feed
from projections.alerts.message import Message
from projections.alerts.outbox import Outbox
from tracker.api.access import PUBLIC, READER, Caller, OpenParts, admit
from tracker.api.streaming import MEDIA_TYPE, More, stream
from tracker.domain.base import tagged
from tracker.domain.errors import Forbidden, NotFound, Refused
from tracker.domain.subscription import (
    CloseSubscription,
    SubscriptionClosed,
    SubscriptionOpened,
)
from tracker.parts import Parts
from tracker.tables.links import Purpose

USER = "unsubscribe-link"
_LATEST = 50
_RESUME = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,18}))?", re.ASCII)
_FEEDS = {"atom": "application/atom+xml", "json": "application/feed+json", "stream": MEDIA_TYPE}
_READ = {**PUBLIC, "forms": tuple(_FEEDS.values())}
_PRIVATE = {"Cache-Control": "private, no-store"}
LastEventId = Annotated[str | None, HeaderParameter(name="Last-Event-ID")]


class ReadingLinks(msgspec.Struct, frozen=True):
    """Where a subscription's alerts are read; whoever has a link may read."""

    atom: str
    json_feed: str
    stream: str


async def _checked(
    parts: Parts, purpose: Purpose, subscription: UUID, token: str
) -> tuple[SubscriptionOpened, bool]:
    """The subscription of a link and whether it is open; NotFound where we made no such link."""
    missing = NotFound("this link leads nowhere")
    if not await parts.links.known(purpose, str(subscription), token):
        raise missing
    head = await parts.reader.head()
    past = await parts.reader.read_all(tagged(f"subscription:{subscription}"), before=head)
    opened = next((r.event for r in past if isinstance(r.event, SubscriptionOpened)), None)
    if opened is None:
        raise missing
    return opened, not any(r.type == SubscriptionClosed.type for r in past)


@get("/subscriptions/{subscription:uuid}/links", opt=READER, tags=["subscriptions"])
async def reading_links(
    request: Caller, parts: OpenParts, subscription: FromPath[UUID]
) -> ReadingLinks:
    """Where a feed reader, or a stream's reader, finds the alerts of a subscription."""
    token = await parts.links.token("read", str(subscription))
    opened, _ = await _checked(parts, "read", subscription, token)
    if opened.owner != str(request.user.id) and request.user.role != "admin":
        raise Forbidden(f"subscription: {subscription} belongs to somebody else")
    url = f"{parts.public_url.rstrip('/')}/alerts/{subscription}/{token}"
    return ReadingLinks(f"{url}/atom", f"{url}/json", f"{url}/stream")


class LinkRoutes(Controller):
    """What a link alone opens."""

    tags = ("subscriptions",)
    guards = (admit,)

    @get("/alerts/{subscription:uuid}/{token:str}/{form:str}", opt=_READ)
    async def read(
        self,
        request: Request[Any, Any, Any],
        parts: OpenParts,
        subscription: FromPath[UUID],
        token: FromPath[str],
        form: FromPath[Literal["atom", "json", "stream"]],
        last_event_id: LastEventId = None,
    ) -> Response[bytes] | Stream:
        """The latest alerts of a subscription, or all from a place in the stream on."""
        await _checked(parts, "read", subscription, token)
        if form == "stream":
            return stream(request, _more(parts, str(subscription), _place(last_event_id)))
        outbox = Outbox(parts.database)
        found = await outbox.latest(str(subscription), _LATEST)
        entries = await _composed(parts, found)
        url = f"{parts.public_url.rstrip('/')}/alerts/{subscription}/{token}/{form}"
        title = "Policy Tracker: alerts"
        if form == "json":
            body = json_feed(entries, url, title)
        else:
            body = atom(entries, url, title, parts.clock())
        return Response(body, media_type=_FEEDS[form], headers=_PRIVATE)

    @get("/unsubscribe/{subscription:uuid}/{token:str}", opt=PUBLIC, media_type=MediaType.HTML)
    async def ask(
        self, parts: OpenParts, subscription: FromPath[UUID], token: FromPath[str]
    ) -> str:
        """A page with one button: a link that is merely looked at must end nothing."""
        _, is_open = await _checked(parts, "unsubscribe", subscription, token)
        return _PAGE.format(_BUTTON if is_open else "<p>You are not subscribed any more.</p>")

    @post(
        "/unsubscribe/{subscription:uuid}/{token:str}",
        opt=PUBLIC,
        status_code=200,
        media_type=MediaType.HTML,
    )
    async def unsubscribe(
        self, parts: OpenParts, subscription: FromPath[UUID], token: FromPath[str]
    ) -> str:
        """End the subscription, as a mail program does with one click (RFC 8058)."""
        await _checked(parts, "unsubscribe", subscription, token)
        actor = (await parts.users.ensure(USER, "system")).actor()
        reason = "the reader of a message unsubscribed by its link"
        command = CloseSubscription(subscription=str(subscription), reason=reason)
        await parts.executor.execute(command, actor)
        return _PAGE.format("<p>You are not subscribed any more.</p>")


_PAGE = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Unsubscribe</title>'
    "</head><body>{}</body></html>\n"
)
_BUTTON = '<form method="post"><button>Unsubscribe from these alerts</button></form>'


def _place(last_event_id: str | None) -> tuple[int, int]:
    """A position or else a number, behind which a reader goes on."""
    if not last_event_id:
        return 0, 0
    found = _RESUME.fullmatch(last_event_id)
    if found is None:
        raise Refused("Last-Event-ID: is a position of the log, or an id of this stream")
    position, number = found.groups()
    return (0, int(number)) if number else (int(position), 0)


def _more(parts: Parts, subscription: str, place: tuple[int, int]) -> More:
    """Every message from a place on, as they come."""
    outbox = Outbox(parts.database)
    position, number = place

    async def more() -> list[bytes]:
        nonlocal position, number
        found = await outbox.told(subscription, position=position, number=number)
        if found:
            position, number = 0, found[-1].number
        return [event(entry) for entry in await _composed(parts, found)]

    return more


async def _composed(parts: Parts, found: list[Message]) -> list[Entry]:
    """The messages in words, without those whose events were erased."""
    if not found:
        return []
    composed = await Composer(parts.database, parts.public_url).compose_all(found)
    entries: list[Entry] = []
    for message in found:
        told = composed[message.id]
        if isinstance(told, Exception):
            if isinstance(told, NotFound):
                continue
            raise told
        entries.append((message, told))
    return entries
