"""`/channels`: where alerts are sent; contact details stand in a table and never in the log."""

import secrets
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from projections.alerts.channels.webhook import WEBHOOK, new_secret
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.writing import Writer
from tracker.domain.errors import Forbidden
from tracker.domain.ids import derived
from tracker.domain.values import Url, checked
from tracker.parts import Parts
from tracker.tables.channels import Channel
from tracker.tables.users import User

Caller = Request[User, None, State]
"""A request of somebody known."""


class Webhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to post alerts; without a secret (`whsec_…`) one is made."""

    url: Url
    secret: str | None = None


class NewChannel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way to be told."""

    webhook: Webhook


class Made(msgspec.Struct, frozen=True):
    """A new channel; this is the one time that its secret is shown."""

    channel: str
    url: str
    secret: Annotated[str, msgspec.Meta(description="Verify signatures with it.")]


class ChannelBody(msgspec.Struct, frozen=True):
    """A channel without its secret; `closed` says why it is not used any more."""

    channel: str
    kind: str
    url: str | None
    closed: str | None


class Channels(msgspec.Struct, frozen=True):
    """The caller's channels."""

    channels: list[ChannelBody]


async def make_webhook(parts: Parts, write: Writer, webhook: Webhook) -> Made:
    """A channel to a webhook; the same request sent again gets the same channel and secret."""
    webhook = checked(webhook, "webhook.")
    parts.guard.named("webhook URL", "webhook.url").check_url(webhook.url)
    secret = webhook.secret or new_secret(secrets.token_bytes(32))
    settings = {"url": webhook.url, "secret": secret}
    WEBHOOK.read(settings)
    known = str(derived("channel", write.actor.user, write.key)) if write.key else None
    channel = await parts.channels.create(write.actor.user, WEBHOOK.kind, settings, known=known)
    return Made(channel.id, channel.settings["url"], channel.settings["secret"])


async def own_channel(parts: Parts, user: User, channel: str) -> Channel:
    """A channel that the caller may use; Forbidden where it is somebody else's."""
    found = await parts.channels.get(channel)
    if found.owner != str(user.id) and user.role != "admin":
        raise Forbidden(f"channel: {channel} belongs to somebody else", field="channel")
    return found


class ChannelRoutes(Controller):
    """The caller's channels."""

    path = "/channels"
    tags = ("subscriptions",)

    @get("/", opt=READER)
    async def channels(self, request: Caller, parts: OpenParts) -> Channels:
        """The caller's channels, oldest first, without their secrets."""
        own = [c for c in await parts.channels.all() if c.owner == str(request.user.id)]
        return Channels([ChannelBody(c.id, c.kind, c.settings.get("url"), c.closed) for c in own])

    @post("/", opt=ANALYST)
    async def make(
        self,
        parts: OpenParts,
        data: JSONBody[NewChannel],
        write: NamedDependency[Writer],
    ) -> Made:
        """Make a channel; the answer shows its secret, and nothing else ever does."""
        return await make_webhook(parts, write, data.webhook)

    @delete("/{channel:uuid}", opt=ANALYST)
    async def forget(self, request: Caller, parts: OpenParts, channel: FromPath[UUID]) -> None:
        """Forget a channel and where it led; what is still owed through it is not sent."""
        found = await own_channel(parts, request.user, str(channel))
        await parts.channels.delete(found.id)
