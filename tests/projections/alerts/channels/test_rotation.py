"""Rotation and asymmetric signatures, checked by other people's libraries."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from projections.alerts.channel import Outgoing
from projections.alerts.channels.webhook import (
    WEBHOOK,
    WebhookSettings,
    headers,
    new_secret,
    new_signing_key,
    public_key,
    rotated,
)
from tracker.domain.errors import Refused

OLD, NEW = new_secret(bytes(32)), new_secret(bytes(range(32)))
MESSAGE = Outgoing(uuid4(), "subject", "text", b'{"what":"visa"}')
SETTINGS = WebhookSettings("https://example.org/hook", OLD)


def test_during_a_rotation_either_secret_verifies_and_afterwards_the_new_one_alone() -> None:
    # Others check by the real clock, and a suite may take longer than they allow.
    now = datetime.now(UTC)
    turning = rotated(SETTINGS, NEW, now + timedelta(hours=1))
    sent = headers(turning, MESSAGE, now)
    for secret in (OLD, NEW):
        assert Webhook(secret).verify(MESSAGE.body, sent) == {"what": "visa"}
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(MESSAGE.body + b" ", sent)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(MESSAGE.body, {**sent, "webhook-id": str(uuid4())})

    over = headers(rotated(SETTINGS, NEW, now), MESSAGE, now)
    assert Webhook(NEW).verify(MESSAGE.body, over)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(MESSAGE.body, over)


def test_a_message_that_was_recorded_and_is_sent_again_later_fails() -> None:
    # Others check by the real clock, and a suite may take longer than they allow.
    now = datetime.now(UTC)
    replayed = headers(SETTINGS, MESSAGE, now - timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(OLD).verify(MESSAGE.body, replayed)
    fresher = {**replayed, "webhook-timestamp": str(int(now.timestamp()))}
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(MESSAGE.body, fresher)


def test_an_ed25519_signature_verifies_with_the_public_key_and_no_altered_body() -> None:
    # Others check by the real clock, and a suite may take longer than they allow.
    now = datetime.now(UTC)
    signing = new_signing_key(bytes(range(32)))
    settings = WebhookSettings("https://example.org/hook", OLD, signing_key=signing)
    sent = headers(settings, MESSAGE, now)
    assert Webhook(OLD).verify(MESSAGE.body, sent)

    raw = base64.b64decode(public_key(signing).removeprefix("whpk_"))
    key = Ed25519PublicKey.from_public_bytes(raw)
    _, v1a = sent["webhook-signature"].split(" ")
    signature = base64.b64decode(v1a.removeprefix("v1a,"))
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + MESSAGE.body
    key.verify(signature, signed)
    with pytest.raises(InvalidSignature):
        key.verify(signature, signed + b" ")


def test_a_signing_key_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="signing_key"):
        WEBHOOK.read({"url": "https://example.org", "secret": OLD, "signing_key": "whsk_c2hvcnQ="})
