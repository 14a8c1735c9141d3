"""Copying: what it leaves is what an append leaves, beside appends and after an interruption."""

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.place import Place
from tests.tracker.domain.strategies import events
from tests.tracker.log.events import ANALYST, named
from tracker.domain.base import EVERYTHING, Event, NewEvent, tagged
from tracker.domain.errors import OtherContent
from tracker.log.append import Appender
from tracker.log.copy import Copied, Copier
from tracker.log.database import Database
from tracker.log.envelope import Envelope, encoded
from tracker.log.packing import Chunk
from tracker.log.read import Reader

CORRELATION = UUID("01a1ffcc-4f46-7c5c-9b71-7b90fa44b482")
SALT = b"s" * 32
ROWS = """
select e.position, e.id, e.type, e.recorded_at, e.leaf, e.leaf_hash, p.salt, p.payload,
       array(select t.tag || ' ' || t.type from log.event_tag t where t.position = e.position
             order by t.tag)
from log.event e join log.payload p on p.position = e.position order by e.position
"""
STAMP = "select to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from log.event"


def chunk_of(new: Sequence[NewEvent], salt: bytes = SALT) -> Chunk:
    chunk = Chunk()
    for number, one in enumerate(new, start=1):
        chunk.add(encoded(one, ANALYST, CORRELATION, salt), f"line {number}")
    return chunk


async def copied(place: Place, *chunks: Chunk) -> list[Copied]:
    async with place.open("tracker_import") as database:
        copier = Copier(database)
        return [await copier.append(chunk) for chunk in chunks]


def but_for_time(row: Sequence[Any]) -> list[Any]:
    """The row of an event, with the stamp cut out of the leaf and its hash checked."""
    position, event_id, kind, _, leaf, leaf_hash, salt, payload, tags = row
    assert leaf_hash == hashlib.sha256(b"\0" + leaf).digest()
    head, _, rest = bytes(leaf).partition(b'"recorded_at":"')
    return [position, event_id, kind, head, rest[27:], salt, payload, tags]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(events(), min_size=1, max_size=5))
async def test_a_copied_event_is_stored_as_an_appended_one(
    place: Place, database: Database, given_events: list[Event]
) -> None:
    new = [NewEvent(uuid4(), event) for event in given_events]
    head = await Reader(database).head()
    await Appender(database, entropy=lambda n: SALT).append(new, ANALYST, CORRELATION)
    again = [NewEvent(UUID(int=one.id.int ^ 1), one.event) for one in new]

    await copied(place, chunk_of(again))

    rows = [row for row in await database.fetch(ROWS) if row[0] > head]
    appended, by_copy = rows[: len(new)], rows[len(new) :]
    for one, other in zip(appended, by_copy, strict=True):
        ours, theirs = but_for_time(other), but_for_time(one)
        for part in (3, 4):
            ours[part] = ours[part].replace(str(other[1]).encode(), str(one[1]).encode())
            ours[part] = ours[part].replace(b'"position":%d' % other[0], b'"position":%d' % one[0])
        assert ours[2:] == theirs[2:]
        envelope = envelope_of(other[4])
        assert envelope.position == other[0]
        assert envelope.recorded_at == other[3]
        assert envelope.payload_commit == hmac.digest(other[6], other[7], "sha256").hex()
    read = (await Reader(database).read(EVERYTHING, after=head))[len(new) :]
    assert [r.event for r in read] == [one.event for one in again]


def envelope_of(leaf: bytes) -> Envelope:
    return msgspec.json.decode(leaf, type=Envelope)


async def test_the_time_in_the_leaf_has_six_decimals_and_never_goes_back(
    place: Place, database: Database
) -> None:
    await copied(place, chunk_of([named()]), chunk_of([named()]))
    await Appender(database).append([named()], ANALYST, uuid4())

    rows = await database.fetch(ROWS)
    stamps = [row[0] for row in await database.fetch(STAMP)]

    assert [row[3] for row in rows] == sorted(row[3] for row in rows)
    for row, stamp in zip(rows, stamps, strict=True):
        assert f'"recorded_at":"{stamp}"'.encode() in row[4]


async def test_copies_among_appends_leave_no_gap_and_lose_nothing(
    place: Place, database: Database
) -> None:
    chunks = [chunk_of([named(f"{k}-{i}") for i in range(40)]) for k in range(8)]
    appender = Appender(database)

    async def appends() -> None:
        for i in range(60):
            await appender.append([named(f"a-{i}")], ANALYST, uuid4())

    async with place.open("tracker_import") as importing:
        await asyncio.gather(
            appends(), appends(), *(Copier(importing).append(chunk) for chunk in chunks)
        )

    read = await Reader(database).read(EVERYTHING, limit=2000)
    assert [r.position for r in read] == list(range(1, 8 * 40 + 2 * 60 + 1))
    assert len({r.id for r in read}) == len(read)
    moments = [r.recorded_at for r in read]
    assert moments == sorted(moments)
    assert len(await Reader(database).read(tagged("type:party-named"), limit=2000)) == len(read)


async def test_the_tree_grows_with_every_full_tile(place: Place, database: Database) -> None:
    chunks = [chunk_of([named(str(i)) for i in range(200)]) for _ in range(3)]

    await copied(place, *chunks)

    leaves = await database.fetch("select leaf_hash from log.event order by position limit 512")
    tiles = await database.fetch("select level, number, hashes from log.tile order by number")
    assert [(level, number) for level, number, _ in tiles] == [(0, 0), (0, 1)]
    assert b"".join(hashes for _, _, hashes in tiles) == b"".join(h for (h,) in leaves)


async def test_what_is_stored_is_passed_over_and_the_rest_appended(
    place: Place, database: Database
) -> None:
    new = [named(str(i)) for i in range(6)]
    await Appender(database).append(new[1:3], ANALYST, uuid4())

    outcomes = await copied(
        place, chunk_of(new), chunk_of(new, b"t" * 32), chunk_of([*new[3:], named()])
    )

    assert [(o.appended, o.repeated, o.position) for o in outcomes] == [
        (4, 2, 6),
        (0, 6, 6),
        (1, 3, 7),
    ]
    assert await Reader(database).head() == 7


async def test_an_id_with_other_content_names_the_line_and_nothing_is_written(
    place: Place, database: Database
) -> None:
    known = named("Lin Jian")
    await Appender(database).append([known], ANALYST, uuid4())

    for after in (known, named()):  # whether the chunk before was known or not
        with pytest.raises(OtherContent, match=f"line 2: id: {known.id} is in the log with other"):
            await copied(place, chunk_of([after]), chunk_of([named(), named(event_id=known.id)]))

    assert await Reader(database).head() == 2


async def test_an_id_twice_in_a_chunk_is_kept_once_or_refused(place: Place) -> None:
    event = named("Lin Jian", party=str(uuid4()))

    (outcome,) = await copied(place, chunk_of([event, named(), event]))

    assert (outcome.appended, outcome.repeated) == (2, 1)
    with pytest.raises(OtherContent, match="stands in line 1 with other content"):
        chunk_of([event, named(event_id=event.id)])


async def test_a_payload_that_was_erased_counts_as_stored(place: Place, database: Database) -> None:
    new = [named()]
    await copied(place, chunk_of(new))
    async with place.open("tracker_erase") as eraser:
        await eraser.run("delete from log.payload")

    (outcome,) = await copied(place, chunk_of(new))

    assert (outcome.appended, outcome.repeated) == (0, 1)


async def test_a_chunk_of_nothing_leaves_the_log_as_it_is(place: Place, database: Database) -> None:
    assert await copied(place, Chunk()) == [Copied(0, 0, 0)]
    assert await Reader(database).head() == 0
