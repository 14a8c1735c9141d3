"""Appending: order, idempotence, and what one request may do to its neighbours."""

import asyncio
import secrets
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from tests.place import Place
from tests.tracker.log.events import ANALYST, named
from tracker.domain.base import EVERYTHING, Condition, NewEvent, tagged
from tracker.domain.errors import Conflict, Refused, TooLarge, TrackerError
from tracker.log.append import EVENTS_PER_REQUEST, Appended, Appender
from tracker.log.database import Database
from tracker.log.read import Reader

HOLD = "select pg_advisory_xact_lock(7305, 1)"
TOMORROW = (
    "insert into log.event values (1, gen_random_uuid(), 'party-named',"
    " clock_timestamp() + interval '1 day', 'leaf', sha256('leaf'))"
)
EMPTY_CALL = (
    "select * from log.append('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', "
    "'{}', '{}', '{}', null)"
)


async def test_the_second_of_two_requests_of_one_batch_under_the_same_condition_conflicts(
    database: Database,
) -> None:
    appender = Appender(database)
    condition = Condition(tagged("type:party-named"), after=0)

    outcomes = await asyncio.gather(
        appender.append([named("first")], ANALYST, uuid4(), condition),
        appender.append([named("second")], ANALYST, uuid4(), condition),
        return_exceptions=True,
    )

    assert [type(o).__name__ for o in outcomes] == ["Appended", "Conflict"]
    assert [r.position for r in await Reader(database).read(EVERYTHING)] == [1]


async def test_a_request_sent_again_gets_its_old_positions(database: Database) -> None:
    appender = Appender(database)
    events = [named(), named()]
    condition = Condition(tagged("type:party-named"), after=0)
    first = await appender.append(events, ANALYST, uuid4(), condition)

    again = await appender.append(events, ANALYST, uuid4(), condition)

    assert (again.first_position, again.last_position, again.repeated) == (1, 2, True)
    assert again.recorded_at == first.recorded_at
    assert await Reader(database).head() == 2


async def test_the_same_request_twice_at_once_is_stored_once(database: Database) -> None:
    appender = Appender(database)
    events = [named(), named()]

    first, second = await asyncio.gather(
        appender.append(events, ANALYST, uuid4()), appender.append(events, ANALYST, uuid4())
    )

    # Two batches may be under way, and either may be the first.
    assert sorted((first.repeated, second.repeated)) == [False, True]
    assert first.last_position == second.last_position == await Reader(database).head()


async def test_an_id_with_other_content_is_a_conflict(database: Database) -> None:
    appender = Appender(database)
    event = named(party="a")
    await appender.append([event], ANALYST, uuid4())

    with pytest.raises(Conflict, match="other content"):
        await appender.append([named("Other", party="a", event_id=event.id)], ANALYST, uuid4())
    with pytest.raises(Conflict, match="other content"):
        await appender.append([named(party="b", event_id=event.id)], ANALYST, uuid4())
    assert await Reader(database).head() == 1


async def test_a_request_that_is_stored_in_part_is_a_conflict(database: Database) -> None:
    appender = Appender(database)
    event = named()
    await appender.append([event], ANALYST, uuid4())

    for events in ([event, named()], [named(), event]):
        with pytest.raises(Conflict, match="other content"):
            await appender.append(events, ANALYST, uuid4())
    assert await Reader(database).head() == 1


async def test_a_request_sent_again_after_its_payload_was_erased_gets_its_old_positions(
    place: Place, database: Database
) -> None:
    appender = Appender(database)
    events = [named("a"), named("b")]
    await appender.append(events, ANALYST, uuid4())
    async with place.open("tracker_erase") as eraser:
        assert await eraser.run("delete from log.payload where position = 1") == 1

    again = await appender.append(events, ANALYST, uuid4())

    assert (again.first_position, again.last_position, again.repeated) == (1, 2, True)
    erased, kept = await Reader(database).read(EVERYTHING)
    assert erased.event is None
    assert kept.event == events[1].event
    with pytest.raises(Conflict):
        await appender.append([named("c", event_id=events[1].id)], ANALYST, uuid4())


async def test_an_id_that_comes_twice_in_a_request_is_refused(database: Database) -> None:
    event = named()

    with pytest.raises(Refused, match="comes twice"):
        await Appender(database).append([event, event], ANALYST, uuid4())


async def test_a_request_of_too_many_events_is_refused(database: Database) -> None:
    appender = Appender(database)
    with pytest.raises(TooLarge, match=f"{EVENTS_PER_REQUEST + 1} events in one request"):
        await appender.append([named()] * (EVENTS_PER_REQUEST + 1), ANALYST, uuid4())
    with pytest.raises(TooLarge, match="0 events"):
        await appender.append([], ANALYST, uuid4())


@pytest.mark.parametrize("poison", ["\0", secrets.token_hex(20_000)], ids=["NUL", "over-long"])
async def test_a_poisoned_request_does_not_hurt_its_neighbours(
    database: Database, poison: str
) -> None:
    appender = Appender(database)

    outcomes = await asyncio.gather(
        appender.append([named("before")], ANALYST, uuid4()),
        appender.append([named(), named(party=poison)], ANALYST, uuid4()),
        appender.append([named("after")], ANALYST, uuid4()),
        return_exceptions=True,
    )

    assert [type(o) for o in outcomes] == [Appended, TrackerError, Appended]
    assert "the log refused the request" in str(outcomes[1])
    assert await Reader(database).head() == 2


async def test_who_is_cancelled_while_waiting_leaves_the_queue(
    place: Place, database: Database
) -> None:
    appender, sent, waiting, kept = Appender(database), named(), named(), named()
    async with await psycopg.AsyncConnection.connect(place.superuser_url) as holder:
        await holder.execute(HOLD)
        first = asyncio.create_task(appender.append([sent], ANALYST, uuid4()))
        await until_blocked(database)
        second = asyncio.create_task(appender.append([waiting], ANALYST, uuid4()))
        third = asyncio.create_task(appender.append([kept], ANALYST, uuid4()))
        await asyncio.sleep(0)
        first.cancel()
        second.cancel()
        await holder.rollback()

    assert (await third).first_position == 2
    # The one that was under way is in the log although nobody waited for it.
    assert [r.id for r in await Reader(database).read(EVERYTHING)] == [sent.id, kept.id]


async def until_blocked(database: Database) -> None:
    """Wait until an append waits for the lock of the log."""
    query = (
        "select from pg_locks where locktype = 'advisory' and not granted and database ="
        " (select oid from pg_database where datname = current_database())"
    )
    while not await database.fetch(query):
        pass


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
async def test_appending_is_refused_under_any_isolation_but_read_committed(
    place: Place, level: str
) -> None:
    with psycopg.connect(place.url("tracker_append")) as connection:
        connection.execute(f"set transaction isolation level {level}".encode())
        with pytest.raises(errors.RaiseException, match=f"READ COMMITTED: under {level}"):
            connection.execute(EMPTY_CALL)


async def test_a_server_whose_default_is_another_isolation_is_told(
    place: Place,
) -> None:
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute(
            f"alter database {place.name} set default_transaction_isolation = 'serializable'".encode()
        )
    async with place.open("tracker_append") as database:
        with pytest.raises(TrackerError, match="appending needs READ COMMITTED"):
            await Appender(database).append([named()], ANALYST, uuid4())


async def test_an_event_keeps_its_cause(database: Database) -> None:
    cause, event = uuid4(), named()
    await Appender(database).append(
        [NewEvent(event.id, event.event, causation_id=cause)], ANALYST, uuid4()
    )

    [back] = await Reader(database).by_ids([event.id])
    assert (back.causation_id, back.event, back.actor) == (cause, event.event, ANALYST)


async def test_an_append_never_scans_the_log(place: Place) -> None:
    async with place.open("tracker_append") as database:
        appender = Appender(database)
        for number in range(100):
            condition = Condition(tagged(f"party:{number}"), after=0)
            await appender.append([named()], ANALYST, uuid4(), condition)
    # A closed connection has handed in its counts.
    with psycopg.connect(place.superuser_url) as connection:
        scans = connection.execute(
            "select sum(seq_scan) from pg_stat_user_tables where schemaname = 'log'"
        ).fetchone()

    assert scans
    assert scans[0] < 20


async def test_no_event_is_dated_before_an_earlier_one_when_the_clock_steps_back(
    database: Database, place: Place
) -> None:
    appender, reader = Appender(database), Reader(database)
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute(TOMORROW.encode())
    [(ahead,)] = await database.fetch("select recorded_at from log.event")

    stamps = [(await appender.append([named()], ANALYST, uuid4())).recorded_at for _ in range(2)]

    assert stamps == [ahead, ahead]
    assert await reader.position_at(ahead) == 3
    assert await reader.position_at(ahead - timedelta(seconds=1)) == 0
