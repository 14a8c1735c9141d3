"""A whole message, ready to be sent: its alerts, and how far the log had come."""

from collections.abc import Sequence

import msgspec

from projections.alerts.channel import Outgoing
from projections.alerts.message import Held
from projections.alerts.render import Alert
from tracker.domain.values import instant_text

_PREFIXES = {"update": "Update: ", "cancel": "Cancelled: ", "reminder": "Today: "}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A whole message, and how far the log had come: `root` is the hash over all of it (RFC 6962).

    `sent_at` is when it was sent first, as a second sending has the same bytes.
    """

    id: str
    subscription: str | None
    subject: str
    lines: tuple[str, ...]
    alerts: tuple[Alert, ...]
    owed_at: str
    sent_at: str | None
    position: int
    root: str
    text: str


class Envelope(msgspec.Struct, frozen=True):
    """The body of a webhook, as Standard Webhooks recommends it."""

    type: str
    timestamp: str
    data: Told


def outgoing(message: Held, alerts: Sequence[Alert], root: bytes) -> Outgoing:
    """The message with the root of the log at its position."""
    composed = Told(
        id=str(message.id),
        subscription=message.subscription,
        subject=_subject(message, alerts),
        lines=message.note.lines if message.note else (),
        alerts=tuple(alerts),
        owed_at=instant_text(message.owed_at),
        sent_at=instant_text(message.sent_at) if message.sent_at else None,
        position=message.position,
        root=root.hex(),
        text="",
    )
    composed = msgspec.structs.replace(composed, text=_text(composed))
    kind = alerts[0].kind if message.kind == "alert" and alerts else message.kind
    envelope = Envelope(f"alert.{kind}", composed.owed_at, composed)
    body = msgspec.json.encode(envelope, order="sorted")
    refers = tuple(dict.fromkeys(one for alert in alerts for one in alert.refers))
    return Outgoing(message.id, composed.subject, composed.text, body, refers)


def _subject(message: Held, alerts: Sequence[Alert]) -> str:
    if message.note:
        return message.note.subject
    first = alerts[0].subject
    if len(alerts) > 1:
        first = f"{len(alerts)} alerts: {first}, …"
    return f"{_PREFIXES.get(message.kind, '')}{first}"


def _text(composed: Told) -> str:
    blocks = ["\n".join(composed.lines)] if composed.lines else []
    blocks += [alert.text.rstrip("\n") for alert in composed.alerts]
    sent = f"Sent {composed.sent_at}" if composed.sent_at else f"Owed since {composed.owed_at}"
    blocks.append(f"{sent}, with the log at position {composed.position}.\nRoot {composed.root}.")
    return "\n\n".join(blocks) + "\n"
