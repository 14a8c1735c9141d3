"""Whatever holds a number stands on the way to it, at a number of its own."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from projections.forks import fork, way_to
from tracker.log.database import Database

_BITS = 40
FORKS = f"""
select first, last, {fork("first", "last")} from unnest(%s::bigint[], %s::bigint[]) as t(first, last)
"""


async def test_an_interval_is_on_the_way_to_whatever_it_holds(database: Database) -> None:
    chance = Random(1)
    ends = [
        sorted(chance.getrandbits(chance.choice((1, 4, 12, _BITS))) for _ in "ab")
        for _ in range(3000)
    ]
    ends += [[n, n] for n in (0, 1, 2, 3, 2**39, 2**_BITS - 1)] + [[0, 2**_BITS - 1]]

    found = await database.fetch(FORKS, [[e[0] for e in ends], [e[1] for e in ends]])

    assert len(found) == len(ends)
    for first, last, place in found:
        assert first <= place <= last
        held = {first, last, place, chance.randint(first, last)}
        assert all(place in way_to(number, _BITS) for number in held)


@given(st.integers(0, 2**_BITS - 1))
def test_a_way_is_as_long_as_its_tree_is_high(number: int) -> None:
    way = way_to(number, _BITS)

    assert number in way
    assert way == sorted(set(way))
    assert len(way) in (_BITS, _BITS + 1)


async def test_an_interval_stands_at_the_number_after_its_first_that_is_divided_most(
    database: Database,
) -> None:
    ends = {(4, 6): 6, (2, 3): 3, (4, 7): 6, (3, 9): 8, (5, 5): 5, (0, 1): 1, (0, 9): 8}

    found = await database.fetch(FORKS, [[e[0] for e in ends], [e[1] for e in ends]])

    assert {(first, last): place for first, last, place in found} == ends
