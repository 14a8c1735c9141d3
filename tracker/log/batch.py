"""A batch of append requests: what goes to the database with it, and what its answer says."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from tracker.domain.base import Condition, Item
from tracker.domain.errors import Conflict, OtherContent
from tracker.log.arrays import BYTEA, INT4, INT8, TEXT, UUID, packed, packed_ints
from tracker.log.envelope import Encoded

APPEND = """
select before, stamp, outcomes
from log.append(%(request)b::int[], %(id)b::uuid[], %(type)b::text[], %(head)b::bytea[],
                %(tail)b::bytea[], %(salt)b::bytea[], %(payload)b::bytea[], %(tags)b::text[],
                %(item_request)b::int[], %(item_after)b::bigint[], %(item_tag)b::text[],
                %(item_rest)b::text[], %(item_types)b::text[], %(depends)b::jsonb)
"""
"""One row: the head before, the stamp, and null or the outcome of each request."""


class Appended(msgspec.Struct, frozen=True):
    """Where a request's events stand; `repeated` if they were there already."""

    first_position: int
    last_position: int
    recorded_at: datetime
    repeated: bool


class Request(msgspec.Struct, frozen=True):
    """Events that are appended together or not at all."""

    events: tuple[Encoded, ...]
    condition: Condition | None

    @property
    def size_bytes(self) -> int:
        """What its events weigh."""
        return sum(len(e.head) + len(e.tail) + len(e.payload) for e in self.events)


def parameters(batch: Sequence[Request]) -> dict[str, object]:
    """The parameters of APPEND."""
    events = [e for request in batch for e in request.events]
    numbers = [n for n, request in enumerate(batch, 1) for _ in request.events]
    probes = [probe for n, r in enumerate(batch, 1) for probe in _probes(n, r.condition)]
    return {
        "request": packed_ints(INT4, numbers),
        "id": packed(UUID, [e.id.bytes for e in events]),
        "type": packed(TEXT, [e.type.encode() for e in events]),
        "head": packed(BYTEA, [e.head for e in events]),
        "tail": packed(BYTEA, [e.tail for e in events]),
        "salt": packed(BYTEA, [e.salt for e in events]),
        "payload": packed(BYTEA, [e.payload for e in events]),
        "tags": packed(TEXT, [" ".join(e.tags).encode() for e in events]),
        "item_request": packed_ints(INT4, [p.request for p in probes]),
        "item_after": packed_ints(INT8, [p.after for p in probes]),
        "item_tag": packed(TEXT, [_text(p.tag) for p in probes]),
        "item_rest": packed(TEXT, [_text(p.rest) for p in probes]),
        "item_types": packed(TEXT, [_text(p.types) for p in probes]),
        "depends": _depends(batch) if probes else None,
    }


class _Probe(msgspec.Struct, frozen=True):
    """One look into the index of tags: an item of a condition, or one type of an item."""

    request: int
    after: int
    tag: str | None
    rest: str | None
    types: str | None


def _probes(request: int, condition: Condition | None) -> Iterator[_Probe]:
    if condition is None:
        return
    for item in condition.fail_if.items:
        tags = tuple(dict.fromkeys(item.tags))
        if tags:
            rest, types = " ".join(tags[1:]) or None, " ".join(item.types) or None
            yield _Probe(request, condition.after, tags[0], rest, types)
        elif item.types:
            for kind in item.types:
                yield _Probe(request, condition.after, f"type:{kind}", None, None)
        else:
            yield _Probe(request, condition.after, None, None, None)


def _text(value: str | None) -> bytes | None:
    return None if value is None else value.encode()


def _depends(batch: Sequence[Request]) -> Jsonb | None:
    """For each request the earlier ones of the batch whose events its condition fits."""
    if len(batch) == 1:
        return None
    written: dict[str, list[tuple[int, Encoded]]] = {}
    depends: list[list[int]] = []
    for number, request in enumerate(batch, 1):
        items = request.condition.fail_if.items if request.condition else ()
        depends.append(sorted({n for item in items for n in _fitting(item, written, number)}))
        for event in request.events:
            for tag in event.tags:
                written.setdefault(tag, []).append((number, event))
    return Jsonb(depends) if any(depends) else None


def _fitting(
    item: Item, written: dict[str, list[tuple[int, Encoded]]], number: int
) -> Iterator[int]:
    """The requests before a number that wrote an event which the item fits."""
    if not item.tags and not item.types:
        yield from range(1, number)
    for tag in item.tags[:1] or tuple(f"type:{kind}" for kind in item.types):
        for earlier, event in written.get(tag, ()):
            if item.fits(event.type, event.tags):
                yield earlier


def answers(
    batch: Sequence[Request], before: int, stamp: datetime, outcomes: list[list[Any]] | None
) -> list[Appended | Conflict]:
    """What became of each request."""
    if outcomes is not None:
        return [_answer(*outcome) for outcome in outcomes]
    found: list[Appended | Conflict] = []
    for request in batch:
        after = before + len(request.events)
        found.append(Appended(before + 1, after, stamp, False))
        before = after
    return found


def _answer(outcome: str, first: int = 0, last: int = 0, stamped: str = "") -> Appended | Conflict:
    match outcome:
        case "appended" | "repeated":
            at = datetime.fromisoformat(stamped)
            return Appended(first, last, at, outcome == "repeated")
        case "conflict":
            return Conflict("the log moved on since it was read")
        case _:
            return OtherContent("an id of this request holds other content")
