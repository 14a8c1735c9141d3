"""Rows as COPY has them: whatever they hold comes back as it was."""

import asyncio

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import layout, tables
from projections.copying import copy_in
from projections.dump import Dump
from projections.rectangles import RuleSpan
from tests.place import Place
from tests.projections.tally import Tally
from tests.projections.test_tables import ROWS, Everything


async def test_rows_that_are_copied_in_come_back_as_they_were(place: Place) -> None:
    loop = asyncio.get_running_loop()
    async with place.open("tracker_view") as database:

        async def there_and_back(rows: list[Everything]) -> None:
            async with database.transaction() as connection:
                await layout.create(connection, Everything)
                await copy_in(connection, Everything, rows)
                found = [row async for some in tables.scan(connection, Everything) for row in some]
            assert found == sorted(rows, key=lambda row: (row.text, row.number))

        @settings(max_examples=40, deadline=None)
        @given(st.lists(ROWS, min_size=1, max_size=6, unique_by=lambda row: (row.text, row.number)))
        def drawn(rows: list[Everything]) -> None:
            asyncio.run_coroutine_threadsafe(there_and_back(rows), loop).result()

        await asyncio.to_thread(drawn)


async def test_a_state_takes_what_is_copied_however_much_is_sent_at_a_time(place: Place) -> None:
    rows = [Tally(name=f"n{i:05}", times=i, initial="n", positions=(i,)) for i in range(4_321)]
    taken, whole = Dump(), Dump()
    whole.add(Tally, rows)
    async with place.open("tracker_view") as database, database.transaction() as connection:
        await layout.create(connection, Tally)
        await copy_in(connection, Tally, rows, state=taken)
        found = [row async for some in tables.scan(connection, Tally) for row in some]

    assert (taken.hexdigest(), taken.rows) == (whole.hexdigest(), 4_321)
    assert found == rows


async def test_a_table_is_made_again_as_often_as_is_asked_over_one_connection(place: Place) -> None:
    """What is sent as several statements must never become a prepared one."""
    async with place.open("tracker_view") as database, database.connection() as connection:
        for _ in range(12):
            await layout.create(connection, RuleSpan)
            await layout.analyze(connection, RuleSpan)


@pytest.mark.parametrize("text", ["a\0b", "\n\0"])
async def test_a_text_that_no_table_can_hold_is_refused_and_not_altered(
    place: Place, text: str
) -> None:
    async with place.open("tracker_view") as database, database.connection() as connection:
        await layout.create(connection, Tally)
        with pytest.raises(psycopg.DataError, match="invalid byte sequence"):
            await copy_in(connection, Tally, [Tally(name=text, times=1, initial="a", positions=())])
