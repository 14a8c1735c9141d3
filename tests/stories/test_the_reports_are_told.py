"""Three reports with every fact in them, on record: what the views make of them together.

Where the reports stand that these were written after, in `../shared/seeds` beside the checkout,
all of theirs are recorded and asked for as well.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from projections.briefings import briefings
from projections.nouns import Nouns
from projections.questions import Clocks
from projections.regimes import Cell
from projections.views.policies import PolicyStep
from projections.views.statements import Statement
from tests.place import Place, parts_at
from tests.stories.reports import OWN, Reports
from tests.stories.test_the_sample import ROWS
from tracker.parts import Parts

SEEDS = Path(__file__).parents[3] / "shared/seeds"
FOLDERS = [
    pytest.param(OWN, id="own"),
    pytest.param(
        SEEDS,
        id="seeds",
        marks=pytest.mark.skipif(not SEEDS.is_dir(), reason="the reports are not beside it"),
    ),
]
ENTRIES = {"metric": "border-entries", "geography": "EC", "counterpart": "CN"}


@asynccontextmanager
async def told(place: Place, folder: Path) -> AsyncGenerator[tuple[Parts, Reports]]:
    """All facts of a folder of reports, recorded and folded."""
    async with parts_at(place) as parts:
        reports = Reports(folder)
        await reports.record(parts)
        await parts.settle()
        yield parts, reports


@pytest.mark.parametrize("folder", FOLDERS)
async def test_three_reports_are_told_together(place: Place, folder: Path) -> None:
    async with told(place, folder) as (parts, _):
        nouns = parts.questions.nouns
        await two_claims_of_entries_with_two_origins_are_not_comparable(nouns)
        await what_one_spokesperson_said_is_one_briefing(parts)
        await one_incident_stands_under_both_names_of_a_gang_and_nobody_counted_the_dead(nouns)
        await nothing_of_ecuador_is_said_to_be_repealed_or_banned(parts)
        await entry_is_answered_as_a_reader_could_know_it(parts)


async def two_claims_of_entries_with_two_origins_are_not_comparable(nouns: Nouns) -> None:
    figures, series = await nouns.series(ENTRIES)
    claims = {claim.value: (len(claim.figures), claim.independent) for claim in series.claims}
    assert claims == {"50000": (2, 1), "66000": (1, 1)}
    assert series.independent == 2

    found, facts = await nouns.conflicts(equal={"status": "open", "kind": "not-comparable"})
    (conflict,) = [c for c in found if c.subject == "border-entries|EC|CN"]
    assert {f.event for f in facts[conflict.conflict]} == {f.event for f in figures}


async def what_one_spokesperson_said_is_one_briefing(parts: Parts) -> None:
    speaker = await parts.questions.nouns.party("Lin Jian")
    said = await parts.views.select(Statement, equal={"speaker": speaker.party})

    (briefing,) = briefings(said, {})

    assert (briefing.said_on, len(briefing.statements)) == ("2024-06-18", 4)


async def one_incident_stands_under_both_names_of_a_gang_and_nobody_counted_the_dead(
    nouns: Nouns,
) -> None:
    for name in ("Gulf Clan", "clan del golfo"):
        party = await nouns.party(name)
        (incident,) = await nouns.incidents(overlap={"parties": [party.party]})
        _, mentions = await nouns.incident(incident.incident)
        assert len(mentions) >= 2
        assert incident.killed is None
        assert incident.status == "reported"


async def nothing_of_ecuador_is_said_to_be_repealed_or_banned(parts: Parts) -> None:
    steps = await parts.views.select(PolicyStep, equal={"jurisdiction": "EC"})
    assert steps
    assert {s.action for s in steps} <= {None, "suspended", "introduced"}
    assert "entry-ban" not in {s.regime for s in steps}


async def entry_is_answered_as_a_reader_could_know_it(parts: Parts) -> None:
    for valid_at, known_at, regime, pending in ROWS:
        clocks = Clocks(valid_at, known_at, "published")
        sighting = await parts.questions.sight(clocks, "EC")
        found = await parts.questions.cell(Cell("EC", "CN"), sighting)
        assert (found.valid_at, found.regime) == (date.fromisoformat(valid_at), regime)
        assert (found.pending and (found.pending.to, found.pending.on)) == pending
