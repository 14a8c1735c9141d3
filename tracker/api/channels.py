"""`/channels`: where alerts are sent; contact details stand in a table and never in the log."""

import secrets
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from projections.alerts.channels.email import EMAIL
from projections.alerts.channels.pull import PULL
from projections.alerts.channels.webhook import (
    WEBHOOK,
    WebhookSettings,
    new_secret,
    new_signing_key,
    public_key,
    rotated,
)
from tracker.api.access import ANALYST, READER, Caller, OpenParts
from tracker.api.once import Once
from tracker.api.writing import Writer
from tracker.domain.base import require
from tracker.domain.errors import Conflict, Forbidden
from tracker.domain.ids import derived
from tracker.domain.values import Id, Url
from tracker.parts import Parts
from tracker.tables.channels import Change, Channel
from tracker.tables.users import User


class Webhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to post alerts; without a secret (`whsec_…`) one is made.

    With `asymmetric`, messages bear an ed25519 signature (`v1a`) too.
    """

    url: Url
    secret: str | None = None
    asymmetric: bool = False


class Email(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to write to."""

    address: str


class Pull(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is sent: the alerts are read as Atom, JSON Feed or a stream."""


class NewChannel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way to be told: one of the three; `fallback` is the channel that steps in for it."""

    webhook: Webhook | None = None
    email: Email | None = None
    pull: Pull | None = None
    fallback: Id | None = None


class Fallback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The channel that steps in, or none."""

    fallback: Id | None


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new secret, by default a random one; the old one signs too for so many hours."""

    secret: str | None = None
    overlap_h: Annotated[int, msgspec.Meta(ge=0, le=720)] = 24


class Made(msgspec.Struct, frozen=True):
    """A new channel, or a new secret; this is the one time that it is shown."""

    channel: str
    url: str | None
    secret: Annotated[str | None, msgspec.Meta(description="Verify signatures with it.")]
    public_key: Annotated[str | None, msgspec.Meta(description="Verifies `v1a` signatures.")]


class ChannelBody(msgspec.Struct, frozen=True):
    """A channel without its secret; `closed` says why it is not used any more."""

    channel: str
    kind: str
    url: str | None
    address: str | None
    closed: str | None
    fallback: str | None


class Changes(msgspec.Struct, frozen=True):
    """When a channel was closed and why, and by whom it was opened again."""

    changes: list[Change]


class Channels(msgspec.Struct, frozen=True):
    """The caller's channels."""

    channels: list[ChannelBody]


async def make_webhook(
    parts: Parts, write: Writer, webhook: Webhook, fallback: str | None = None
) -> Made:
    """A channel to a webhook; the same request sent again gets the same channel and secret."""
    parts.guard.named("webhook URL", "webhook.url").check_url(webhook.url)
    settings = {
        "url": webhook.url,
        "secret": webhook.secret or new_secret(secrets.token_bytes(32)),
    }
    if webhook.asymmetric:
        settings["signing_key"] = new_signing_key(secrets.token_bytes(32))
    WEBHOOK.read(settings)
    return await _make(parts, write, WEBHOOK.kind, settings, fallback)


async def _make(
    parts: Parts, write: Writer, kind: str, settings: dict[str, Any], fallback: str | None
) -> Made:
    known = str(derived("channel", write.actor.user, write.key)) if write.key else None
    owner = write.actor.user
    made = await parts.channels.create(owner, kind, settings, known=known, fallback=fallback)
    if (made.kind, _to(made.settings)) != (kind, _to(settings)):
        raise Conflict("the idempotency key was used for another request")
    return _made(made)


def _to(settings: dict[str, Any]) -> Any:
    return settings.get("url", settings.get("address"))


def _made(channel: Channel) -> Made:
    told = channel.settings
    signing = told.get("signing_key")
    verifying = public_key(signing) if signing else None
    return Made(channel.id, told.get("url"), told.get("secret"), verifying)


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
        return Channels([_body(channel) for channel in own])

    @post("/", opt=ANALYST)
    async def make(
        self,
        request: Caller,
        parts: OpenParts,
        data: JSONBody[NewChannel],
        write: NamedDependency[Writer],
    ) -> Made:
        """Make a channel; the answer shows its secret, and nothing else ever does."""
        given = [one for one in (data.webhook, data.email, data.pull) if one is not None]
        require(len(given) == 1, "webhook: give one of webhook, email and pull", "webhook")
        if data.fallback:
            await own_channel(parts, request.user, data.fallback)
        if data.webhook:
            return await make_webhook(parts, write, data.webhook, data.fallback)
        kind, settings = (EMAIL, {"address": data.email.address}) if data.email else (PULL, {})
        kind.read(settings)
        return await _make(parts, write, kind.kind, settings, data.fallback)

    @patch("/{channel:uuid}", opt=ANALYST)
    async def set_fallback(
        self,
        request: Caller,
        parts: OpenParts,
        channel: FromPath[UUID],
        data: JSONBody[Fallback],
        once: NamedDependency[Once],
    ) -> ChannelBody:
        """Say which channel steps in where this one cannot deliver."""

        async def changed() -> ChannelBody:
            found = await own_channel(parts, request.user, str(channel))
            if data.fallback:
                await own_channel(parts, request.user, data.fallback)
            require(data.fallback != found.id, "fallback: is the channel itself", "fallback")
            with_it = msgspec.structs.replace(found, fallback=data.fallback)
            await parts.channels.set(with_it)
            return _body(with_it)

        return await once(ChannelBody, changed)

    @post("/{channel:uuid}/rotate", opt=ANALYST)
    async def rotate(
        self,
        request: Caller,
        parts: OpenParts,
        channel: FromPath[UUID],
        data: JSONBody[Rotation],
        once: NamedDependency[Once],
    ) -> Made:
        """Give a webhook a new secret; for a while messages are signed with both."""

        async def changed() -> Made:
            found = await own_channel(parts, request.user, str(channel))
            require(found.kind == WEBHOOK.kind, "channel: is no webhook", "channel")
            settings = msgspec.convert(found.settings, WebhookSettings)
            secret = data.secret or new_secret(secrets.token_bytes(32))
            until = parts.clock() + timedelta(hours=data.overlap_h)
            kept = msgspec.to_builtins(rotated(settings, secret, until))
            WEBHOOK.read(kept)
            with_it = msgspec.structs.replace(found, settings=kept)
            await parts.channels.set(with_it)
            return _made(with_it)

        return await once(Made, changed)

    @post("/{channel:uuid}/reopen", opt=ANALYST)
    async def reopen(
        self,
        request: Caller,
        parts: OpenParts,
        channel: FromPath[UUID],
        once: NamedDependency[Once],
    ) -> ChannelBody:
        """Use a channel again that its receiver had closed; what was cancelled stays so."""

        async def reopened() -> ChannelBody:
            found = await own_channel(parts, request.user, str(channel))
            await parts.channels.reopen(found.id, str(request.user.id))
            return _body(await parts.channels.get(found.id))

        return await once(ChannelBody, reopened)

    @get("/{channel:uuid}/changes", opt=READER)
    async def changes(self, request: Caller, parts: OpenParts, channel: FromPath[UUID]) -> Changes:
        """When a channel was closed and opened again."""
        found = await own_channel(parts, request.user, str(channel))
        return Changes(await parts.channels.changes(found.id))

    @delete("/{channel:uuid}", opt=ANALYST)
    async def forget(
        self,
        request: Caller,
        parts: OpenParts,
        channel: FromPath[UUID],
        once: NamedDependency[Once],
    ) -> None:
        """Forget a channel and where it led; what is still owed through it is not sent."""

        async def forgotten() -> None:
            found = await own_channel(parts, request.user, str(channel))
            await parts.channels.delete(found.id)

        await once(type(None), forgotten)


def _body(channel: Channel) -> ChannelBody:
    told = channel.settings
    return ChannelBody(
        channel.id,
        channel.kind,
        told.get("url"),
        told.get("address"),
        channel.closed,
        channel.fallback,
    )
