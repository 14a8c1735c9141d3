"""Where things stand is asked once for many, and never told from before they asked."""

import asyncio

import pytest

from tests.tracker.api.door import Door
from tracker.api.standing import Shared


async def test_who_comes_while_an_answer_is_under_way_gets_the_next() -> None:
    asked: list[int] = []
    begun = asyncio.Event()
    gates = [asyncio.Event() for _ in range(3)]

    async def ask() -> int:
        asked.append(len(asked))
        begun.set()
        number = asked[-1]
        await gates[number].wait()
        return number

    shared = Shared(ask)
    first = [asyncio.create_task(shared()) for _ in range(4)]
    await begun.wait()
    later = [asyncio.create_task(shared()) for _ in range(4)]
    await asyncio.sleep(0)
    gates[0].set()
    assert await asyncio.gather(*first) == [0] * 4
    gates[1].set()
    assert await asyncio.gather(*later) == [1] * 4
    assert len(asked) == 2


async def test_a_question_that_hangs_hangs_nobody_who_comes_later() -> None:
    asked: list[int] = []
    begun, thawed = asyncio.Event(), asyncio.Event()

    async def ask() -> int:
        asked.append(number := len(asked) + 1)
        begun.set()
        if number == 1:
            await thawed.wait()
        return number

    shared = Shared(ask, patience_s=0)
    hanging = asyncio.create_task(shared())
    await begun.wait()
    assert await shared() == 2
    thawed.set()
    assert await hanging == 1


async def test_what_goes_wrong_is_told_to_all_and_asked_again() -> None:
    fails = [True]

    async def ask() -> str:
        if fails.pop():
            raise RuntimeError("away")
        return "here"

    shared = Shared(ask)
    told = await asyncio.gather(shared(), shared(), return_exceptions=True)
    assert [str(one) for one in told] == ["away", "away"]
    fails.append(False)
    assert await shared() == "here"


async def test_one_who_goes_away_takes_the_answer_from_nobody_else() -> None:
    gate = asyncio.Event()

    async def ask() -> str:
        await gate.wait()
        return "here"

    shared = Shared(ask)
    gone, stays = asyncio.create_task(shared()), asyncio.create_task(shared())
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    gate.set()
    assert await stays == "here"


async def test_what_is_kept_of_a_cell_is_let_go_when_a_view_moves(door: Door) -> None:
    day = "/entry-rules/EC/CN?valid_at=2026-01-01"
    assert (await door.get(day)).body["regime"] == "unknown"
    await door.change("visa-required", "2024-07-01")
    assert (await door.get(day)).body["regime"] == "visa-required"
    before = await door.get(f"{day}&known_at=0")
    assert before.body["regime"] == "unknown"
