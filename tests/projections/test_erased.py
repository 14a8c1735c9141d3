"""Views and erasures: rows of erased events go, live and on rebuild, and no view stumbles."""

from collections.abc import Iterable
from typing import ClassVar
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given

from projections import VIEWS
from projections.batch import FoldFailed
from projections.checkpoints import checkpoints
from projections.rows import Rows
from projections.runner import Runner
from projections.tables import Views
from projections.view import Row, State, View
from tests.projections.folding import recorded
from tests.tracker.domain.strategies import events
from tests.tracker.log.events import ANALYST, named
from tracker.domain.base import Event, NewEvent, Recorded
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import NotFound
from tracker.domain.feed import FeedRemoved
from tracker.domain.party import PartyNamed
from tracker.log.append import Appender
from tracker.log.database import Database


class Named(Row, frozen=True, kw_only=True):
    """A name that somebody was given."""

    table: ClassVar[str] = "named"
    key: ClassVar[tuple[str, ...]] = ("position",)

    position: int
    name: str


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    if isinstance(recorded.event, PartyNamed):
        yield Named(position=recorded.position, name=recorded.event.names[0])


def stumbling(state: State, recorded: Recorded) -> Iterable[Row]:
    if recorded.position == 3:
        raise ValueError("cannot take Bob")
    return fold(state, recorded)


NAMES = View(name="names", version=1, rows=(Named,), events=(PartyNamed,), fold=fold)


async def names(views: Database) -> list[str]:
    return [r.name for r in await Views(views).select(Named, order=("position",))]


async def append(database: Database, *new: NewEvent) -> None:
    await Appender(database).append(new, ANALYST, uuid4())


def erasure(*targets: NewEvent) -> NewEvent:
    ids = tuple(str(target.id) for target in targets)
    return NewEvent(uuid4(), PayloadErased(legal_basis="x", targets=ids))


@given(events())
def test_no_view_makes_anything_of_an_erased_event(event: Event) -> None:
    gone = msgspec.structs.replace(recorded(1, event), event=None)

    for view in VIEWS:
        rows = Rows(whole=True)
        rows.fold(view, gone)
        assert not any(rows.of(row) for row in view.rows)


async def test_rows_of_an_erased_event_go_though_its_payload_is_still_there(
    database: Database, views: Database
) -> None:
    runner, ada, bob = Runner(views, [NAMES]), named("Ada"), named("Bob")
    await runner.prepare()
    await append(database, ada, bob)
    assert await runner.catch_up() == 2
    assert await names(views) == ["Ada", "Bob"]

    await append(database, erasure(ada), named("Eve"))
    assert await runner.catch_up() == 4
    assert await names(views) == ["Bob", "Eve"]
    made = await runner.rebuilder.rebuild(["names"])
    assert not isinstance(made["names"], FoldFailed)
    assert await names(views) == ["Bob", "Eve"]


async def test_a_view_that_comes_to_an_event_and_its_erasure_at_once_shows_neither(
    database: Database, views: Database
) -> None:
    runner, ada = Runner(views, [NAMES]), named("Ada")
    await runner.prepare()
    await append(database, ada, erasure(ada))

    assert await runner.catch_up() == 2
    assert await names(views) == []


async def test_an_erasure_that_a_view_has_passed_is_not_folded_again(
    database: Database, views: Database
) -> None:
    runner, ada = Runner(views, [NAMES]), named("Ada")
    await runner.prepare()
    await append(database, ada, erasure(ada))
    await runner.catch_up()
    await views.run("insert into view.named values (9, 'a mark')")

    assert await runner.forget(2) == {}
    assert await names(views) == ["a mark"]


@pytest.mark.parametrize("cured", [True, False])
async def test_a_view_that_stands_still_loses_what_was_erased_all_the_same(
    database: Database, views: Database, *, cured: bool
) -> None:
    broken = msgspec.structs.replace(NAMES, fold=stumbling)
    runner, ada, bob = Runner(views, [broken]), named("Ada"), named("Bob")
    await runner.prepare()
    await append(database, named("Eve"), ada)
    await runner.catch_up()
    await append(database, bob)
    await runner.catch_up()
    assert await names(views) == ["Eve", "Ada"]
    assert "Bob" in str(await views.fetch("select reason from view.dead_letter"))

    await append(database, erasure(ada))
    runner = Runner(views, [NAMES if cured else broken])
    made = await runner.forget(4)
    assert isinstance(made["names"], FoldFailed) != cured

    (checkpoint,) = await checkpoints(views)
    assert await names(views) == (["Eve", "Bob"] if cured else [])
    assert (checkpoint.halted is None) == cured


async def test_a_view_goes_on_once_the_event_is_erased_that_it_stood_still_at(
    database: Database, views: Database
) -> None:
    runner, bob = Runner(views, [msgspec.structs.replace(NAMES, fold=stumbling)]), named("Bob")
    await runner.prepare()
    await append(database, named("Eve"), named("Ada"), bob)
    await runner.catch_up()

    await append(database, erasure(bob))
    await runner.forget(4)

    (checkpoint,) = await checkpoints(views)
    assert (checkpoint.position, checkpoint.halted) == (4, None)
    assert await names(views) == ["Eve", "Ada"]


async def test_an_erasure_of_what_a_view_does_not_fold_leaves_its_rows_alone(
    database: Database, views: Database
) -> None:
    runner, feed = Runner(views, [NAMES]), NewEvent(uuid4(), FeedRemoved(feed=str(uuid4())))
    await runner.prepare()
    await append(database, named("Ada"), feed)
    await runner.catch_up()
    await views.run("insert into view.named values (9, 'a mark')")

    await append(database, erasure(feed))

    assert await runner.catch_up() == 3
    assert await names(views) == ["Ada", "a mark"]


async def test_nothing_is_kept_of_tables_that_had_not_come_to_an_erasure(
    database: Database, views: Database
) -> None:
    runner, ada = Runner(views, [NAMES]), named("Ada")
    await runner.prepare()
    await append(database, ada, named("Bob"))
    await runner.catch_up()
    await runner.rebuilder.rebuild(["names"])
    assert await views.fetch("select name from view.kept") == [("names",)]

    await append(database, erasure(ada))
    await runner.rebuilder.rebuild(["names"])

    assert await names(views) == ["Bob"]
    assert await views.fetch("select name from view.kept") == []
    assert await views.fetch("select from pg_tables where tablename like 'named\\_\\_%'") == []


async def test_there_is_no_going_back_to_what_has_not_come_to_an_erasure(
    database: Database, views: Database
) -> None:
    runner, ada = Runner(views, [NAMES]), named("Ada")
    await runner.prepare()
    await append(database, ada, named("Bob"))
    await runner.catch_up()
    await runner.rebuilder.rebuild(["names"])

    await append(database, erasure(ada))  # nobody has folded it yet
    with pytest.raises(NotFound, match="what is kept of the view names may repeat what was erased"):
        await runner.rebuilder.roll_back("names")

    await runner.catch_up()
    assert await names(views) == ["Bob"]
