"""Signed webhooks after Standard Webhooks: POST of JSON, signed over id, time and body."""

import asyncio
import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import aiohttp
import msgspec

from projections.alerts.backoff import retry_after
from projections.alerts.channel import Channel, Means, Outgoing, Verdict
from tracker.domain.errors import Refused, TrackerError
from tracker.domain.values import Instant, Url, instant_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX, SIGNING_PREFIX = "whsec_", "whsk_"
_KEY_BYTES = range(24, 65)
_RESPONSE_BYTES = 64 * 1024


class WebhookSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where to post, and the secret that receiver and sender share (`whsec_` and base64).

    During a rotation the previous secret signs too, until `previous_until`. A signing key (`whsk_`
    and 32 bytes in base64) adds a signature that only its public key is needed for.
    """

    url: Url
    secret: str
    previous: str | None = None
    previous_until: Instant | None = None
    signing_key: str | None = None

    def __post_init__(self) -> None:
        key(self.secret)
        if self.previous:
            key(self.previous)
        if self.signing_key:
            _signing(self.signing_key)


def rotated(settings: WebhookSettings, secret: str, until: datetime) -> WebhookSettings:
    """The settings with a new secret, while the one before goes on signing until then."""
    return msgspec.structs.replace(
        settings, secret=secret, previous=settings.secret, previous_until=instant_text(until)
    )


def public_key(signing_key: str) -> str:
    """What a receiver verifies `v1a` signatures with: `whpk_` and base64."""
    raw = _signing(signing_key).public_key().public_bytes_raw()
    return "whpk_" + base64.b64encode(raw).decode()


def _signing(signing_key: str) -> "Ed25519PrivateKey":
    # Most webhooks need no such key, and loading this costs a tenth of a second.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        seed = base64.b64decode(signing_key.removeprefix(SIGNING_PREFIX), validate=True)
        if signing_key.startswith(SIGNING_PREFIX):
            return Ed25519PrivateKey.from_private_bytes(seed)
    except (binascii.Error, ValueError):
        pass
    raise Refused(
        f"signing_key: write {SIGNING_PREFIX} followed by 32 random bytes in base64",
        field="signing_key",
    )


def key(secret: str) -> bytes:
    """The bytes of a secret; Refused unless it is `whsec_` and base64 of 24 to 64 bytes."""
    try:
        found = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not secret.startswith(PREFIX) or len(found) not in _KEY_BYTES:
        raise Refused(
            f"secret: write {PREFIX} followed by 24 to 64 random bytes in base64", field="secret"
        )
    return found


def new_secret(random: bytes) -> str:
    """A secret of 32 random bytes."""
    return PREFIX + base64.b64encode(random).decode()


def new_signing_key(random: bytes) -> str:
    """A signing key of 32 random bytes."""
    return SIGNING_PREFIX + base64.b64encode(random).decode()


def headers(settings: WebhookSettings, message: Outgoing, now: datetime) -> dict[str, str]:
    """The three headers that let the receiver check origin, content and age."""
    timestamp = str(int(now.timestamp()))
    signed = b".".join((str(message.id).encode(), timestamp.encode(), message.body))
    return {
        "webhook-id": str(message.id),
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signatures(settings, signed, now)),
        "content-type": "application/json",
    }


def _signatures(settings: WebhookSettings, signed: bytes, now: datetime) -> Iterator[str]:
    until = settings.previous_until
    lasting = settings.previous if until and instant_text(now) < until else None
    for secret in filter(None, (settings.secret, lasting)):
        signature = hmac.digest(key(secret), signed, hashlib.sha256)
        yield f"v1,{base64.b64encode(signature).decode()}"
    if settings.signing_key:
        signature = _signing(settings.signing_key).sign(signed)
        yield f"v1a,{base64.b64encode(signature).decode()}"


async def send(
    settings: WebhookSettings, message: Outgoing, means: Means, now: datetime
) -> Verdict:
    """Post once; only 2xx is a success, a redirect is not followed."""
    started = asyncio.get_running_loop().time()

    def elapsed_ms() -> int:
        return round((asyncio.get_running_loop().time() - started) * 1000)

    try:
        async with means.session.post(
            settings.url,
            data=message.body,
            headers=headers(settings, message, now),
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=means.webhook_timeout_s),
        ) as response:
            digest = await _digest(response)
            return _verdict(response, now, elapsed_ms(), digest)
    except TimeoutError:
        error = f"no answer within {means.webhook_timeout_s:g} seconds"
    except TrackerError as barred:
        error = barred.message
    except (aiohttp.ClientError, OSError) as fault:
        error = f"{type(fault).__name__}: {fault}"
    return Verdict(outcome="failed", latency_ms=elapsed_ms(), error=error)


def _verdict(
    response: aiohttp.ClientResponse, now: datetime, latency_ms: int, digest: bytes
) -> Verdict:
    status = response.status
    common = Verdict(
        outcome="delivered", status=status, latency_ms=latency_ms, response_sha256=digest
    )
    if 200 <= status < 300:
        return common
    if status == 410:
        return msgspec.structs.replace(
            common, outcome="gone", error="the receiver says that it is gone for good (410)"
        )
    reason = "a webhook may not redirect" if 300 <= status < 400 else "the receiver refused"
    return msgspec.structs.replace(
        common,
        outcome="failed",
        error=f"{reason} ({status} {response.reason or ''})".replace(" )", ")"),
        retry_after_s=retry_after(response.headers.get("Retry-After"), now),
    )


async def _digest(response: aiohttp.ClientResponse) -> bytes:
    """SHA-256 of the answer's first 64 KB; nobody needs more of it as evidence."""
    digest, left = hashlib.sha256(), _RESPONSE_BYTES
    while left > 0 and (chunk := await response.content.read(left)):
        digest.update(chunk)
        left -= len(chunk)
    return digest.digest()


WEBHOOK = Channel(kind="webhook", settings=WebhookSettings, send=send)
