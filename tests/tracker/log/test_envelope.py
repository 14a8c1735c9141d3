"""The exact bytes of leaf and payload: RFC 8785, RFC 6962, an HMAC, six decimals."""

import asyncio
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tests.place import Place
from tests.tracker.domain.strategies import TEXT, events
from tests.tracker.log.events import ANALYST, named
from tracker.domain.base import EVERYTHING, Actor, Event, NewEvent
from tracker.domain.catalog import encode
from tracker.domain.document import DocumentReceived
from tracker.domain.draft import DraftProposed
from tracker.domain.errors import Refused, TooLarge
from tracker.domain.party import PartyNamed
from tracker.domain.values import checked
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.envelope import Encoded, Envelope, encoded, recorded
from tracker.log.read import Reader

STORED = """
select e.position, e.id, e.type, e.recorded_at, e.leaf, e.leaf_hash, p.salt, p.payload
from log.event e join log.payload p using (position) order by position
"""
SALT = bytes(range(32))
# Whatever Python reads out of JSON: floats, huge numbers, keys that two orders sort differently.
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def leaf(ready: Encoded, position: int, moment: str) -> bytes:
    return ready.head + f'{position},"recorded_at":"{moment}"'.encode() + ready.tail


def test_no_key_of_the_envelope_sorts_between_position_and_time() -> None:
    keys = list(Envelope.__struct_fields__)

    assert keys == sorted(keys)
    assert keys.index("recorded_at") == keys.index("position") + 1


@given(events())
def test_a_payload_is_canonical_json(event: Event) -> None:
    payload = encode(event)

    assert payload == rfc8785.dumps(json.loads(payload))


@given(st.dictionaries(st.text(max_size=3), ANYTHING, max_size=3))
def test_what_the_domain_lets_through_is_canonical_and_the_rest_is_refused(
    fields: dict[str, Any],
) -> None:
    proposed = DraftProposed(
        draft="d", document="d", fact_type="policy-changed", fact=fields, extractor="e",
        extractor_version=1, rule="r", confidence="1", spans=(),
    )  # fmt: skip
    try:
        checked(msgspec.structs.replace(proposed, draft=str(uuid4()), document=str(uuid4())))
    except Refused:
        return
    payload = encode(proposed)
    assert payload == rfc8785.dumps(json.loads(payload))
    assert json.loads(payload)["fact"] == fields


@given(
    events(),
    st.builds(Actor, TEXT, st.just("analyst"), st.none() | TEXT),
    st.none() | st.uuids(),
    st.integers(1, 2**53 - 1),
    st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1)),  # noqa: DTZ001  made UTC below
)
def test_a_leaf_is_canonical_json_and_says_what_was_recorded(
    event: Event, actor: Actor, cause: UUID | None, position: int, moment: datetime
) -> None:
    new = NewEvent(uuid4(), event, cause)
    ready = encoded(new, actor, uuid4(), SALT)

    text = moment.isoformat(timespec="microseconds") + "Z"
    made = leaf(ready, position, text)

    assert made == rfc8785.dumps(json.loads(made))
    back = recorded(made, ready.payload)
    assert (back.id, back.event, back.actor, back.causation_id) == (new.id, event, actor, cause)
    assert (back.position, back.recorded_at) == (position, moment.replace(tzinfo=UTC))
    assert back.tags == tuple(sorted({f"type:{event.type}", *event.tags()}))


def test_a_text_that_looks_like_the_seam_of_the_leaf_stays_a_text() -> None:
    seam = '","position":0,"recorded_at":"0","'

    ready = encoded(named(), Actor(seam, "analyst"), uuid4(), SALT)

    assert json.loads(leaf(ready, 1, "x"))["actor"]["user"] == seam


async def test_what_is_stored_can_be_proved_with_nothing_but_the_standard(
    database: Database,
) -> None:
    cause = uuid4()
    event = DocumentReceived(
        document=str(uuid4()), raw_sha256="0" * 64, text_sha256="1" * 64, title="Ñandú 日 \x7f"
    )
    await Appender(database).append([named(), NewEvent(uuid4(), event, cause)], ANALYST, uuid4())

    rows = await database.fetch(STORED)

    for position, event_id, kind, moment, stored, leaf_hash, salt, payload in rows:
        said = json.loads(stored)
        assert stored == rfc8785.dumps(said)
        assert leaf_hash == hashlib.sha256(b"\0" + stored).digest()
        assert said["payload_commit"] == hmac.new(salt, payload, "sha256").hexdigest()
        assert len(salt) == 32
        assert payload == rfc8785.dumps(json.loads(payload))
        assert (said["position"], said["id"], said["type"]) == (position, str(event_id), kind)
        assert said["recorded_at"] == moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert [row[0] for row in rows] == [1, 2]
    assert json.loads(rows[1][4])["causation_id"] == str(cause)
    assert len({row[6] for row in rows}) == 2


async def test_a_whole_second_keeps_six_decimals_in_the_leaf(place: Place) -> None:
    # The stamp never decreases: after an event of a whole second to come, it is that second.
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute(
            "insert into log.event values"
            " (1, gen_random_uuid(), 'party-named', '2999-01-01T00:00:00Z', '', '')"
        )

    async with place.open("tracker_append") as database:
        appended = await Appender(database).append([named()], ANALYST, uuid4())
        rows = await database.fetch("select leaf from log.event where position = 2")

    assert b'"position":2,"recorded_at":"2999-01-01T00:00:00.000000Z",' in rows[0][0]
    assert appended.recorded_at == datetime(2999, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Chatham"])
async def test_the_leaf_is_in_utc_whatever_the_session_says(place: Place, zone: str) -> None:
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute(f"alter database {place.name} set timezone to '{zone}'".encode())
        insider.execute(f"alter database {place.name} set datestyle to 'SQL, DMY'".encode())

    async with place.open("tracker_append") as database:
        await Appender(database).append([named()], ANALYST, uuid4())
        [event] = await Reader(database).read(EVERYTHING)
        rows = await database.fetch("select recorded_at, leaf from log.event")

    assert event.recorded_at == rows[0][0]
    assert re.search(rb'"recorded_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"', rows[0][1])


async def test_one_batch_has_one_stamp_and_no_stamp_is_before_an_earlier_one(
    database: Database,
) -> None:
    appender = Appender(database)
    for _ in range(3):
        await asyncio.gather(*(appender.append([named()], ANALYST, uuid4()) for _ in range(4)))

    stamps = [e.recorded_at for e in await Reader(database).read(EVERYTHING)]

    assert stamps == sorted(stamps)
    assert [stamps.count(s) for s in sorted(set(stamps))] == [4, 4, 4]


def test_what_is_over_a_limit_is_refused_with_the_numbers() -> None:
    party = PartyNamed(party=str(uuid4()), kind="person", names=("x" * 8_000_001,))

    with pytest.raises(TooLarge, match=r"party-named: 80000\d\d bytes of payload are over 8000000"):
        encoded(NewEvent(uuid4(), party), ANALYST, uuid4(), SALT)
    with pytest.raises(TooLarge, match=r"party-named: 60\d\d\d bytes of envelope are over 60000"):
        encoded(named(), Actor("x" * 60_000, "analyst"), uuid4(), SALT)


@pytest.mark.parametrize("actor", [ANALYST, Actor("\ud800", "analyst")])
def test_half_a_character_is_refused_wherever_it_stands(actor: Actor) -> None:
    with pytest.raises(Refused, match="half a character"):
        encoded(named("\udfff" if actor is ANALYST else "a"), actor, uuid4(), SALT)
