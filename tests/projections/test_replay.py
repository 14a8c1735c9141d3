"""Each step of a replay says what one event changed, and nothing else."""

from datetime import date
from typing import Any

import msgspec

from projections import VIEWS
from projections.dump import state_hash, tables_of
from projections.replay import Altered, Replay, Step, differing
from projections.rows import getter
from projections.view import Row
from tests.projections.folding import change, event_id, fold_all, recorded, rejection
from tests.projections.tally import TALLY, failing
from tests.projections.test_view_tables import LOG
from tracker.domain.base import Event
from tracker.domain.party import PartyNamed

DAY = date(2024, 7, 1)


def steps(*events: Event | None) -> list[Step]:
    """The steps of events at the positions 1, 2, 3 …"""
    replay = Replay(VIEWS, DAY)
    return [replay.step(recorded(i, event)) for i, event in enumerate(events, 1)]


def of(step: Step, table: str) -> list[Altered]:
    """What changed in a table."""
    return [change for change in step.changes if change.row.table == table]


def named(party: int, *names: str) -> PartyNamed:
    return PartyNamed(party=event_id(party), kind="person", names=names)


def test_a_step_has_each_row_before_and_after_its_event() -> None:
    first, second = steps(named(80, "Lin Jian"), named(80, "林剑"))

    (put,), (replaced,) = of(first, "party"), of(second, "party")
    assert put.before is None
    assert replaced.before == put.after
    assert replaced.key == (event_id(80),)
    told = {name: new for name, _, new in differing(replaced.before, replaced.after)}
    assert told["name"] == "林剑"
    assert "kind" not in told


def test_what_an_event_leaves_as_it_was_is_not_in_its_step() -> None:
    _, second = steps(named(80, "Lin Jian"), named(81, "Mao Ning"))

    assert [c.key for c in of(second, "party")] == [(event_id(81),)]


def test_an_erased_event_changes_nothing() -> None:
    (step,) = steps(None)

    assert step.changes == step.answers == ()


def test_the_answer_of_a_cell_is_given_before_and_after() -> None:
    first, second, third = steps(
        change("visa-free", "2016-08-18"), change("visa-required", "2024-07-01"), rejection(2)
    )

    assert [(a.before.regime, a.after.regime) for s in (first, second, third) for a in s.answers] == [
        ("unknown", "visa-free"),
        ("visa-free", "visa-required"),
        ("visa-required", "visa-free"),
    ]  # fmt: skip
    assert first.answers[0].after.nationality == "CN"


def test_a_rule_for_everybody_touches_no_single_cell() -> None:
    (step,) = steps(change("visa-free", "2016-08-18", "*"))

    assert of(step, "entry_fact")
    assert step.answers == ()


def test_a_view_that_stumbles_is_named_and_the_others_go_on() -> None:
    broken = msgspec.structs.replace(TALLY, fold=failing)
    step = Replay([broken, *VIEWS], DAY).step(recorded(1, named(80, "bad")))

    assert step.failed == ("tally",)
    assert of(step, "party")


def test_the_changes_of_all_steps_make_the_state() -> None:
    kept: dict[type[Row], dict[Any, Row]] = {}
    for step in steps(*LOG):
        for one in step.changes:
            rows = kept.setdefault(one.row, {})
            assert rows.get(one.key) == one.before
            if one.after is None:
                del rows[one.key]
            else:
                rows[one.key] = one.after

    events = [recorded(i, event) for i, event in enumerate(LOG, 1)]
    for view in VIEWS:
        made = [
            (row, sorted(kept.get(row, {}).values(), key=getter(row.ordered_by())))
            for row in view.rows
        ]
        assert state_hash(made) == state_hash(tables_of(view, fold_all(view, events))), view.name
