"""The catalogue of all events: one line each. A type, once written, is never renamed or removed."""

import re
from typing import Any

import msgspec

from tracker.domain.audit import AlertsReported, AuditRead, ViewRebuilt
from tracker.domain.base import Event
from tracker.domain.checkpoint import CheckpointPublished
from tracker.domain.claim import ClaimMade
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.draft import (
    DraftAccepted,
    DraftProposed,
    DraftRejected,
    DraftReopened,
    DraftSnoozed,
)
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import NotFound, Refused
from tracker.domain.fact import Fact, door_name
from tracker.domain.feed import (
    FeedAdded,
    FeedChanged,
    FeedMoved,
    FeedPaused,
    FeedRemoved,
    FeedResumed,
)
from tracker.domain.filter import CONFLICT, ENTRY_RULE, Filter
from tracker.domain.incident import (
    IncidentDisputed,
    IncidentMerged,
    IncidentReported,
    IncidentUpdated,
)
from tracker.domain.party import PartyMerged, PartyNamed
from tracker.domain.policy import (
    EffectiveDateReached,
    PolicyChanged,
    PolicyObserved,
    PolicyProposed,
    PolicyRejected,
)
from tracker.domain.position import PositionAnnounced
from tracker.domain.relation import RelationAsserted, RelationResolved
from tracker.domain.seeing import DocumentSeen
from tracker.domain.statement import StatementMade
from tracker.domain.statistic import StatisticPublished
from tracker.domain.subscription import (
    SubscriptionChanged,
    SubscriptionClosed,
    SubscriptionOpened,
)
from tracker.domain.upcasts import UPCASTS, Table, upcast
from tracker.domain.values import checked

EVENTS: tuple[type[Event], ...] = (
    DocumentReceived,
    DocumentRevised,
    DraftProposed,
    DraftAccepted,
    DraftRejected,
    DraftReopened,
    DraftSnoozed,
    DocumentSeen,
    PolicyProposed,
    PolicyChanged,
    PolicyObserved,
    PolicyRejected,
    StatementMade,
    StatisticPublished,
    IncidentReported,
    IncidentUpdated,
    IncidentDisputed,
    IncidentMerged,
    ClaimMade,
    PositionAnnounced,
    PartyNamed,
    PartyMerged,
    FactCorroborated,
    FactCorrected,
    FactRetracted,
    RelationAsserted,
    RelationResolved,
    EffectiveDateReached,
    FeedAdded,
    FeedChanged,
    FeedMoved,
    FeedPaused,
    FeedResumed,
    FeedRemoved,
    SubscriptionOpened,
    SubscriptionChanged,
    SubscriptionClosed,
    CheckpointPublished,
    AuditRead,
    ViewRebuilt,
    AlertsReported,
    PayloadErased,
)

_NAMED = re.compile(r"Object (missing required|contains unknown) field `([^`]+)`")
BY_TYPE: dict[str, type[Event]] = {event.type: event for event in EVENTS}
FACTS: dict[str, type[Fact]] = {
    door_name(e): e for e in EVENTS if issubclass(e, Fact) and e is not FactCorroborated
}
"""What can be recorded by itself, by its word at the doors; a further source needs its fact."""

_encoder = msgspec.json.Encoder(order="sorted")
_json = msgspec.json.Decoder(dict[str, Any])
_decoders = {(event.type, event.schema_version): msgspec.json.Decoder(event) for event in EVENTS}


def encode(value: Any) -> bytes:
    """Canonical JSON (RFC 8785 for what events hold): sorted keys, no spaces."""
    return _encoder.encode(value)


def decode(type_name: str, version: int, payload: bytes) -> Event:
    """The event of a payload as it was stored, whatever version of its type that is.

    Raises TrackerError for a version that only a newer tracker writes.
    """
    decoder = _decoders.get((type_name, version))
    if decoder is None:
        return brought_up(BY_TYPE[type_name], version, payload, UPCASTS)
    return decoder.decode(payload)


def brought_up(kind: type[Event], version: int, payload: bytes, table: Table) -> Event:
    """The event of a payload of an older version, brought up to date by the table."""
    old = _json.decode(payload)
    return msgspec.convert(upcast(kind.type, version, kind.schema_version, old, table), kind)


def fact_type(name: str) -> type[Fact]:
    """The kind of fact for a door name (`policy`) or a type (`policy-changed`)."""
    kind = FACTS.get(name) or next((k for k in FACTS.values() if k.type == name), None)
    if kind is None:
        raise NotFound(f"no fact is called {name!r}; known are {', '.join(FACTS)}", field="type")
    return kind


def fact_from(name: str, fields: dict[str, Any]) -> Fact:
    """The fact for a door name or type and its fields; Refused names the field that is wrong."""
    kind = fact_type(name)
    try:
        return msgspec.convert(kind.completed(fields), kind)
    except msgspec.ValidationError as wrong:
        raise refused(wrong) from None


def watchable(watched: Filter) -> Filter:
    """The filter in normal form; Refused where it names a type that no event has."""
    known = (ENTRY_RULE, CONFLICT, *BY_TYPE)
    unknown = [name for name in watched.types if name not in known]
    if unknown:
        raise Refused(
            f"types: {unknown[0]!r} is not a type of event; known are {', '.join(known)}",
            field="types",
        )
    return checked(watched).normal()


def refused(wrong: msgspec.ValidationError) -> Refused:
    """msgspec's complaint as one of ours, the field first."""
    reason, _, path = str(wrong).partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    if named := _NAMED.fullmatch(reason):
        field = ".".join(filter(None, (field, named[2])))
        reason = "is needed" if named[1].startswith("missing") else "unknown field"
    return Refused(f"{field}: {reason}" if field else reason, field=field or None)
