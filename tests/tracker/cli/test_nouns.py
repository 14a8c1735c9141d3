"""`tracker show …` and `tracker conflicts`, as people run them and as programs read them."""

import asyncio
import json
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner

from tests.place import Place
from tests.projections.folding import change, cited, event_id, observation
from tracker.cli import tracker
from tracker.domain.base import Actor, NewEvent
from tracker.domain.errors import NotFound
from tracker.domain.incident import Count, IncidentDisputed, IncidentReported
from tracker.domain.party import PartyNamed
from tracker.domain.position import PositionAnnounced
from tracker.domain.statistic import StatisticPublished
from tracker.log.append import Appender

CLAN, RAID = event_id(80), event_id(50)


def entries(value: str, period: str, agent: str) -> StatisticPublished:
    """A figure of entries into Ecuador."""
    return StatisticPublished(
        metric="border-entries", geography="EC", counterpart="CN", comparator="~",
        value=value, period=period, citations=(cited(agent),),
    )  # fmt: skip


LOG = (
    change("visa-free", "2016-08-01", action="introduced", title="Visa-free entry"),
    change("visa-free-suspended", "2024-07-01", action="suspended"),
    observation("e-visa", "2024-08-03"),
    entries("50000", "2023", "Infobae"),
    entries("66000", "2023-01/2024-06~", "Ministry"),
    PartyNamed(party=CLAN, kind="group", names=("Gulf Clan", "Clan del Golfo")),
    PositionAnnounced(person=CLAN, office="Chief", start="2012"),
    IncidentReported(
        incident=RAID, incident_type="extortion", actors=(CLAN,), title="Tolls",
        injured=Count(low=1, best=2), citations=(cited("Infobae"),),
    ),
    IncidentDisputed(incident=RAID, text="There are no tolls.", citations=(cited("Police"),)),
)  # fmt: skip


async def _append(place: Place) -> None:
    async with place.open("tracker_append") as database:
        new = [NewEvent(UUID(int=i), event) for i, event in enumerate(LOG, 1)]
        await Appender(database).append(new, Actor(str(uuid4()), "analyst"), uuid4())


@pytest.fixture
def run(place: Place) -> Callable[..., str]:
    """Runs a command on a log with the events in it; what it prints."""
    asyncio.run(_append(place))
    environment = {"TRACKER_DATABASE_URL": place.superuser_url, "COLUMNS": "200"}

    def invoked(*words: str) -> str:
        ended = CliRunner().invoke(tracker, words, env=environment, catch_exceptions=False)
        assert ended.exit_code == 0, ended.output
        return ended.output

    return invoked


def test_policies_and_their_history_are_shown(run: Callable[..., str]) -> None:
    assert "in force" in run("show", "policies", "--valid-at", "2024-06-30")
    (found,) = json.loads(run("show", "policies", "--status", "suspended", "--json"))
    assert (found["policy"]["title"], found["status"]) == ("Visa-free entry", "suspended")
    told = run("show", "policy", found["policy"]["policy"], "--valid-at", "2024-06-30")
    assert "Visa-free entry: in force on 2024-06-30" in told
    assert "introduced" in told
    assert "repealed" not in told
    assert "No policy fits." in run("show", "policies", "--jurisdiction", "PE")


def test_a_series_shows_its_claims_and_what_cannot_be_compared(run: Callable[..., str]) -> None:
    asked = ("show", "series", "border-entries", "--geography", "ECU", "--counterpart", "CN")
    told = run(*asked)
    assert "Independent origins: 2" in told
    assert "different periods: 2023 and 2023-01/2024-06~" in told
    claims = json.loads(run(*asked, "--json"))["series"]["claims"]
    assert [c["independent"] for c in claims] == [1, 1]
    assert "There is no such figure." in run("show", "series", "deaths")


def test_incidents_and_parties_are_shown_under_every_name(run: Callable[..., str]) -> None:
    told = run("show", "incidents", "--party", "clan del golfo")
    assert "Gulf Clan" in told
    assert "unknown" in told
    assert "disputed" in told
    one = run("show", "incident", RAID)
    assert "killed unknown, injured 2 (1 to 2), affected unknown" in one
    assert "There are no tolls." in one
    party = run("show", "party", "Clan del Golfo")
    assert "Gulf Clan = Clan del Golfo" in party
    assert "2012 to …" in party
    with pytest.raises(NotFound):
        run("show", "party", "Nobody")


def test_conflicts_are_shown_with_their_reasons(run: Callable[..., str]) -> None:
    told = run("conflicts")
    assert "e-visa was observed" in told
    assert "not-comparable" in told
    found = json.loads(run("conflicts", "--kind", "disputed", "--json"))
    assert [c["conflict"]["reason"] for c in found] == ["There are no tolls."]
    assert "No conflict fits." in run("conflicts", "--status", "resolved", "--country", "EC")
