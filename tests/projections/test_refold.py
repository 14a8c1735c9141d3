"""The dumps in a bundle are what its events give, and any row that is not is named."""

import msgspec
import pytest

from projections import VIEWS
from projections.dump import row_line, table_line, tables_of
from projections.refold import Compared, difference, refold
from projections.view import View
from projections.views import entry_rules
from projections.views.feeds import Feed
from tests.projections.folding import change, event_id, folded
from tests.projections.office import FEEDS, Office, manifest_of
from tests.tracker.proof.bundles import members, rewrite
from tracker.domain.errors import Disproved


def one(compared: list[Compared], view: str) -> Compared:
    """What was found of a view; of all others that they are equal."""
    assert {c.outcome for c in compared if c.view != view} == {"equal"}
    return next(c for c in compared if c.view == view)


def test_the_row_that_is_missing_is_named_in_whatever_order_the_events_came() -> None:
    regimes = [change("visa-free", "2024-07-01", who) for who in ("PE", "CN", "DE")]
    view, rows = entry_rules.VIEW, folded(entry_rules.VIEW, regimes)
    lines: list[bytes] = []
    for row, some in tables_of(view, rows):
        lines.append(table_line(row))
        lines += [row_line(r) for r in some if getattr(r, "nationality", "") != "DE"]

    told = difference(view, rows, lines)

    assert "DE" in told
    assert told.endswith("the log gives this row and the dump does not have it")


@pytest.mark.parametrize("processes", [1, 2])
async def test_every_dump_of_an_export_is_what_its_events_give(
    office: Office, processes: int
) -> None:
    path = await office.bundle()

    compared = refold(path, VIEWS, processes=processes)

    assert [(c.view, c.outcome) for c in compared] == [
        (name, "equal") for name in sorted(view.name for view in VIEWS)
    ]
    assert all(c.rows and c.position for c in compared)


async def test_a_dump_that_was_altered_without_the_key_is_not_the_signed_one(
    office: Office,
) -> None:
    path = await office.bundle()
    files = members(path)
    files[FEEDS] = files[FEEDS].replace(b'"paused"', b'"active"')
    rewrite(path, files)

    with pytest.raises(Disproved, match=f"{FEEDS} is not the dump that the manifest names"):
        office.verify(path)


async def test_a_hash_that_was_altered_with_the_key_is_not_that_of_the_dump(
    office: Office,
) -> None:
    path = await office.bundle()
    views = manifest_of(path).views
    forged = msgspec.structs.replace(views["feeds"], state_hash="0" * 64)
    office.sign(path, members(path), {**views, "feeds": forged})

    with pytest.raises(Disproved, match=f"{FEEDS} is not the dump that the manifest names"):
        office.verify(path)


async def test_a_cell_that_was_altered_with_the_key_is_named(office: Office) -> None:
    path = await office.bundle()
    office.forge(path, lambda dump: dump.replace(b'"paused"', b'"active"'))
    office.verify(path)

    found = one(refold(path, VIEWS), "feeds")

    assert found.outcome == "differs"
    told = 'status is "active" in the dump and "paused" by the log'
    assert found.reason == f"feed (feed={event_id(60)}): {told}"


async def test_a_row_that_was_dropped_with_the_key_is_named(office: Office) -> None:
    path = await office.bundle()
    office.forge(path, lambda dump: dump.splitlines(keepends=True)[0])

    found = one(refold(path, VIEWS), "feeds")

    told = f"feed (feed={event_id(60)}): the log gives this row and the dump does not have it"
    assert (found.outcome, found.reason) == ("differs", told)


async def test_a_row_that_was_added_with_the_key_is_named(office: Office) -> None:
    path = await office.bundle()

    def add(dump: bytes) -> bytes:
        table, row = dump.splitlines(keepends=True)
        return table + row.replace(event_id(60).encode(), event_id(59).encode()) + row

    office.forge(path, add)

    found = one(refold(path, VIEWS), "feeds")

    told = f"feed (feed={event_id(59)}): the log gives no such row"
    assert (found.outcome, found.reason) == ("differs", told)


@pytest.mark.parametrize(
    ("junk", "reason"),
    [
        (b"junk\n", "the dump cannot be read: line 3: JSON is malformed"),
        (
            b'{"columns":[],"table":"elsewhere"}\n',
            "the dump cannot be read: line 3: the view has no such table",
        ),
        (table_line(Feed), "the rows are those that the log gives, but not written as a dump is"),
    ],
)
async def test_lines_that_are_no_rows_are_found(office: Office, junk: bytes, reason: str) -> None:
    path = await office.bundle()
    office.forge(path, lambda dump: dump + junk)

    found = one(refold(path, VIEWS), "feeds")

    assert found.outcome == "differs"
    assert (found.reason or "").startswith(reason)


async def test_a_view_of_another_version_is_not_compared(office: Office) -> None:
    path = await office.bundle()
    views = [
        msgspec.structs.replace(view, version=99) if view.name == "feeds" else view
        for view in VIEWS
    ]

    found = one(refold(path, views), "feeds")

    version = manifest_of(path).views["feeds"].version
    told = f"dumped by version {version} of the view, this tracker has 99"
    assert (found.outcome, found.reason) == ("not compared", told)


async def test_a_view_that_is_not_known_is_not_compared(office: Office) -> None:
    path = await office.bundle()

    found = one(refold(path, [v for v in VIEWS if v.name != "feeds"]), "feeds")

    assert (found.outcome, found.reason) == (
        "not compared", "this tracker has no view of this name",
    )  # fmt: skip


async def test_a_view_whose_fold_fails_is_not_compared(office: Office) -> None:
    path = await office.bundle()

    def failing(state: object, recorded: object) -> list[View]:
        raise ValueError("cannot")

    views = [
        msgspec.structs.replace(view, fold=failing) if view.name == "feeds" else view
        for view in VIEWS
    ]
    found = one(refold(path, views), "feeds")

    assert found.outcome == "not compared"
    assert (found.reason or "").endswith(": ValueError('cannot')")
