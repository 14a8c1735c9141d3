"""What a channel is: settings, and one way to send a message that ends in a verdict."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import aiohttp
import msgspec

from tracker.domain.catalog import refused
from tracker.domain.values import checked


class Outgoing(msgspec.Struct, frozen=True):
    """A composed message: the same bytes however often it is sent."""

    id: UUID
    subject: str
    text: str
    body: bytes
    """The whole message as JSON."""
    refers: tuple[str, ...] = ()
    """The earlier messages that it updates or cancels."""
    unsubscribe: str | None = None
    """Where a POST ends the subscription (RFC 8058)."""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """The server that takes our mail, and in whose name it is sent."""

    host: str
    port: int
    sender: str
    tls: bool = False
    """TLS from the first byte; else STARTTLS where the server offers it."""
    user: str | None = None
    password: str | None = None
    dkim_key: str | None = None
    """The key in PEM under which mail is signed (RFC 6376)."""
    dkim_selector: str = "tracker"

    def __repr__(self) -> str:
        return f"Mail({self.host!r}, …)"


class Means(msgspec.Struct, frozen=True):
    """What channels send with."""

    session: aiohttp.ClientSession
    mail: Mail | None = None
    webhook_timeout_s: float = 10.0
    mail_timeout_s: float = 20.0
    """How long a receiver may take over all of it; a lease has to last longer."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How one attempt ended; `gone` closes the channel, `cancelled` was not sent at all."""

    outcome: Literal["delivered", "failed", "gone", "cancelled"]
    status: int | None = None
    latency_ms: int | None = None
    response_sha256: bytes | None = None
    error: str | None = None
    retry_after_s: float | None = None


Send = Callable[[Any, Outgoing, Means, datetime], Awaitable[Verdict]]


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One way to tell somebody: `send` takes settings, message, means and the time."""

    kind: str
    settings: type[msgspec.Struct]
    send: Send
    shared: bool = False
    """Whether one server takes all of its messages; while that hangs, other kinds go on."""

    def read(self, settings: object) -> msgspec.Struct:
        """The settings of a form or a row; Refused names the field that is wrong."""
        try:
            return checked(msgspec.convert(settings, self.settings))
        except msgspec.ValidationError as wrong:
            raise refused(wrong) from None
