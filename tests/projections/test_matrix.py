"""The whole matrix says of every cell what the facts of that cell say."""

import struct
from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given, settings

from projections.matrix import Stated, resolve
from projections.questions import Clocks, Questions
from projections.rectangles import PastRuleSpan, RuleSpan
from projections.regimes import Cell, Known, decide, see
from projections.runner import Runner
from projections.tables import Views
from projections.views import inbox
from projections.views.entry_rules import VIEW, EntryFact
from tests.bench.ruleset import events as workload
from tests.projections.folding import change, facts, folded, observation
from tests.projections.test_regimes_hold import DAYS, events, knowledge
from tests.tracker.log.events import ANALYST
from tracker.domain.base import Event, NewEvent
from tracker.domain.errors import Refused
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.read import Reader

NOW = datetime(2024, 6, 25, tzinfo=UTC)
CODES = ("GB", "FR", "PE", "DE")
TOURIST = ("unspecified", "ordinary"), ("unspecified", "tourism")


def lines(log: Sequence[Event | None], day: date, position: int) -> list[Stated]:
    """What the scan of the rectangles gives for a tourist."""
    rows = folded(VIEW, log)
    spans = [s for s in rows.of(RuleSpan) if s.known_from <= position]
    past = [s for s in rows.of(PastRuleSpan) if s.known_from <= position < s.known_to]
    found: dict[tuple[str, bool, str, str], list[RuleSpan | PastRuleSpan]] = {}
    for s in (*spans, *past):
        fits = s.passport_type in TOURIST[0] and s.purpose in TOURIST[1]
        if fits and s.valid_from <= day < s.valid_to:
            key = s.kind, s.position == 0, s.passport_type, s.purpose
            found.setdefault(key, []).append(s)
    return [
        Stated(
            kind,
            is_gap,
            " ".join(s.destination for s in some),
            " ".join(s.nationality for s in some),
            " ".join(s.regime for s in some),
            b"".join(rank(s) for s in some),
        )
        for (kind, is_gap, _, _), some in found.items()
    ]


def rank(span: RuleSpan | PastRuleSpan) -> bytes:
    days = (span.starts.toordinal() - 1) * 4194304 + span.announced_on.toordinal() - 1
    return struct.pack(">qq", days, span.position)


def exact(rows: list[EntryFact], cell: Cell, day: date, known: Known) -> str:
    fact = decide(see(rows, cell, known), day)
    return fact.regime if fact else "unknown"


@settings(max_examples=300, deadline=None)
@given(events(), DAYS, knowledge())
def test_what_rectangles_tell_of_a_cell_is_what_its_facts_say(
    log: list[Event | None], day: date, known: Known
) -> None:
    rows = facts(*log)
    resolved = resolve(lines(log, day, known.position), day)
    table = resolved.matrix()
    for code in CODES:
        if ("EC", code) not in resolved.untold:
            told = table.regime("EC", code)
            assert told == exact(rows, Cell("EC", code), day, Known(known.position))


def test_a_cell_of_which_rectangles_cannot_tell_is_named() -> None:
    suspended = change("visa-free-suspended", "2024-07-01", effective_to="2024-12-31")
    log = (suspended, observation("visa-required", "2024-08-01"))
    resolved = resolve(lines(log, date(2025, 1, 1), 2), date(2025, 1, 1))
    assert resolved.untold == [("EC", "CN")]


async def recorded(database: Database, views: Database, new: Sequence[Event]) -> Questions:
    """The questions to ask once the events are recorded and folded."""
    runner = Runner(views, (VIEW, inbox.VIEW))
    await runner.prepare()
    await Appender(database).append([NewEvent(uuid4(), event) for event in new], ANALYST, uuid4())
    await runner.catch_up()
    return Questions(Views(database), Reader(database), lambda: NOW)


async def test_the_matrix_is_that_of_the_facts_at_any_day_and_position(
    database: Database, views: Database
) -> None:
    runner = Runner(views, (VIEW, inbox.VIEW))
    await runner.prepare()
    new = list(workload(3_000, seed=7, places=12))
    for low in range(0, len(new), 500):
        await Appender(database).append(new[low : low + 500], ANALYST, uuid4())
    await runner.catch_up()
    questions = Questions(Views(database), Reader(database), lambda: NOW)
    at: dict[str, list[EntryFact]] = {}
    for fact in await questions.facts():
        at.setdefault(fact.destination, []).append(fact)
    for day, position in (("2024-06-01", 3_000), ("2015-02-03", 2_000), ("2007-07-07", 900)):
        sighting = await questions.sight(Clocks(day, str(position)))
        found = await questions.matrix(sighting)
        assert len(found.destinations) == 12
        wrong = [
            (place, code)
            for place in found.destinations
            for code in found.nationalities
            if code != place
            and found.regime(place, code)
            != exact(at[place], Cell(place, code), sighting.valid_at, sighting.known)
        ]
        assert wrong == []


async def test_an_observation_of_what_was_in_force_decides_nothing_afterwards(
    database: Database, views: Database
) -> None:
    suspended = change("visa-free-suspended", "2024-07-01", effective_to="2024-12-31")
    questions = await recorded(
        database, views, (suspended, observation("visa-required", "2024-08-01"))
    )
    found = await questions.matrix(await questions.sight(Clocks("2025-01-01")))
    assert found.regime("EC", "CN") == "unknown"
    during = await questions.matrix(await questions.sight(Clocks("2024-09-01")))
    assert during.regime("EC", "CN") == "visa-free-suspended"
    assert during.regime("PE", "CN") == "unknown"


async def test_the_matrix_is_not_given_on_basis_published(
    database: Database, views: Database
) -> None:
    questions = await recorded(database, views, (change("eta", "2024"),))
    with pytest.raises(Refused, match="row or a column"):
        await questions.matrix(await questions.sight(Clocks(basis="published")))


async def test_the_matrix_is_that_of_the_facts_at_both_ends_of_the_calendar(
    database: Database, views: Database
) -> None:
    first, last = change("e-visa", "0001-01-01"), change("visa-free", "9999-12-30", "FR")
    ended = change("eta", "0001-01-01", "GB", effective_to="9999-12-29")
    questions = await recorded(database, views, (first, last, ended))
    # The last day of all stands for open, and is read as the one before it.
    for day in ("0001-01-01", "0001-01-02", "9999-12-29", "9999-12-30", "9999-12-31"):
        sighting = await questions.sight(Clocks(day))
        found = await questions.matrix(sighting)
        for code in ("CN", "FR", "GB"):
            cell = await questions.cell(Cell("EC", code), sighting)
            assert (day, found.regime("EC", code)) == (day, cell.regime)
