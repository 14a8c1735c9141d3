"""Several views that are built at once, each of which folds many events in a row."""

from collections.abc import Iterable
from typing import ClassVar
from uuid import uuid4

import msgspec

from projections.batch import FoldFailed
from projections.runner import Runner
from projections.tables import Views
from projections.view import Row, State, View
from tests.projections.folding import change
from tests.projections.tally import SLOWLY, TALLY, Other, Tally, failing, name_of
from tests.tracker.log.events import ANALYST, named
from tracker.domain.audit import ViewRebuilt
from tracker.domain.base import NewEvent, Recorded
from tracker.domain.party import PartyNamed
from tracker.domain.policy import PolicyChanged
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.read import Reader

COUNT = 650
BAD = {2, 199, 200, 201, 400, 511}
"""Positions on either side of where a slice ends, and within one."""


class Regime(Row, frozen=True, kw_only=True):
    """Which changes there were, of another kind of event."""

    table: ClassVar[str] = "regimes"
    key: ClassVar[tuple[str, ...]] = ("regime",)

    regime: str
    positions: tuple[int, ...]


class Third(Row, frozen=True, kw_only=True):
    """Which names were given."""

    table: ClassVar[str] = "third"
    key: ClassVar[tuple[str, ...]] = ("position",)

    position: int


def regimes(state: State, recorded: Recorded) -> Iterable[Row]:
    assert isinstance(recorded.event, PolicyChanged)
    assert recorded.event.rule is not None
    regime = recorded.event.rule.regime
    before = [r.positions for r in state.find(Regime, "regime", regime)]
    yield Regime(regime=regime, positions=(*(before[0] if before else ()), recorded.position))


def halting(state: State, recorded: Recorded) -> Iterable[Row]:
    if name_of(recorded) == "bad":
        raise ValueError("cannot take bad")
    return [Third(position=recorded.position)]


REGIMES = View(name="regimes", version=1, rows=(Regime,), events=(PolicyChanged,), fold=regimes)
SKIPPING = msgspec.structs.replace(TALLY, fold=failing, skips=True)
HALTING = View(name="third", version=1, rows=(Third,), events=(PartyNamed,), fold=halting)


def event_at(position: int) -> NewEvent:
    """Names and changes by turns; some names that two of the views cannot take."""
    if position in BAD:
        return named("bad")
    if position % 3 == 0:
        regime = "e-visa" if position % 2 else "eta"
        return NewEvent(uuid4(), change(regime))
    return named(f"{'xyz'[position % 5 % 3]}{position % 40}")


async def test_every_view_is_given_its_events_in_their_order_and_stops_at_none_but_its_own_faults(
    database: Database, views: Database
) -> None:
    runner = Runner(views, [SLOWLY, REGIMES, SKIPPING, HALTING])
    await runner.prepare()
    events = [event_at(position) for position in range(1, COUNT + 1)]
    await Appender(database).append(events, ANALYST, uuid4())
    await runner.catch_up()
    live = [await Views(views).select(row) for row in (Tally, Regime, Other)]

    made = await runner.rebuilder.rebuild(["slowly", "regimes", "tally", "third"])

    assert [await Views(views).select(row) for row in (Tally, Regime, Other)] == live
    counted = sorted(p for row in await Views(views).select(Other) for p in row.positions)
    recorded = await Reader(database).span(["party-named"], after=0, until=COUNT)
    assert counted == [one.position for one in recorded]
    skipped = sorted(p for row in await Views(views).select(Tally) for p in row.positions)
    assert skipped == [position for position in counted if position not in BAD]
    assert all(isinstance(made[name], ViewRebuilt) for name in ("tally", "regimes", "slowly"))
    halted = made["third"]
    assert isinstance(halted, FoldFailed)
    assert halted.position == min(BAD)
