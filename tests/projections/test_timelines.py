"""Pages of the timeline by facets and words, from real tables."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid4

import pytest

from projections import VIEWS
from projections.runner import Runner
from projections.tables import Views
from projections.timelines import Page, Timelines, Wanted
from tests.place import Place
from tests.projections.folding import change, cited, event_id
from tracker.domain.base import Actor, Event, NewEvent
from tracker.domain.claim import ClaimMade, Leg
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted, Reason
from tracker.domain.errors import Refused
from tracker.domain.incident import IncidentMerged, IncidentReported
from tracker.domain.incident import Place as Where
from tracker.domain.party import PartyMerged, PartyNamed
from tracker.domain.position import PositionAnnounced
from tracker.domain.statement import StatementMade
from tracker.domain.values import Citation
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.read import Reader

ANALYST = Actor("ana", "analyst")
WHY = Reason("transcription", "misread")
LIN, MULINO, OTHER, CLAN, CLAN_TOO = (event_id(n) for n in range(80, 85))


def said_by(party: str, text: str, day: str = "2024-06-18", country: str = "CN") -> StatementMade:
    """A statement of a party."""
    return StatementMade(
        speaker=party, text=text, verbatim="verbatim", said_on=day, country=country
    )


def named(party: str, *names: str) -> PartyNamed:
    """The names of a person."""
    return PartyNamed(party=party, kind="person", names=names)


SUSPENDED = change("visa-free-suspended", "2024-07-01", "CN", announced_on="2024-06-18",
                   citations=(cited("RFA", document=901),))  # fmt: skip
TAKES_OFFICE = PositionAnnounced(
    person=MULINO, office="President", country="PA", start="2024-07-01",
    note="said to close the Darie\u0301n Gap",
)  # fmt: skip
ROUTE = ClaimMade(
    kind="route", text="by bus to Necoclí", period="2024-05",
    legs=(Leg(from_country="EC", to_country="CO"), Leg(from_country="CO", to_country="PA")),
)  # fmt: skip
EXTORTED = IncidentReported(
    incident=event_id(50), incident_type="extortion", occurred="2024", actors=(CLAN,),
    place=Where(country="CO"),
)  # fmt: skip


class Told:
    """A log with its views; events get the ids 1, 2, 3 … of their positions."""

    def __init__(self, database: Database, runner: Runner) -> None:
        self._appender = Appender(database)
        self._runner = runner
        self._count = 0
        self.timelines = Timelines(Views(database), Reader(database))

    async def tell(self, *events: Event) -> None:
        """Append and fold."""
        new: list[NewEvent] = []
        for event in events:
            self._count += 1
            new.append(NewEvent(UUID(int=self._count), event))
        await self._appender.append(new, ANALYST, uuid4())
        await self._runner.catch_up()

    async def positions(self, *, page: Page | None = None, **wanted: object) -> list[int]:
        """Where the events are that fit, in the order of the answer."""
        asked = Wanted(**wanted)  # pyright: ignore[reportArgumentType]  any of its fields
        entries = await self.timelines.entries(asked, page or Page())
        return [entry.row.position for entry in entries]


@pytest.fixture
async def told(place: Place, database: Database) -> AsyncIterator[Told]:
    async with place.open("tracker_view") as folding:
        runner = Runner(folding, VIEWS)
        await runner.prepare()
        yield Told(database, runner)


async def test_events_are_found_by_every_facet_and_by_ranges(told: Told) -> None:
    await told.tell(SUSPENDED, TAKES_OFFICE, ROUTE, said_by(LIN, "No comment."), EXTORTED)
    positions = told.positions
    assert await positions() == [5, 4, 3, 2, 1]
    assert await positions(countries=("CN",)) == [4, 1]
    assert await positions(nationalities=("CN",), destinations=("EC",)) == [1]
    assert await positions(parties=(LIN, MULINO)) == [4, 2]
    assert await positions(types=("statement-made",), countries=("EC",)) == []
    assert await positions(policies=(event_id(1),)) == [1]
    assert await positions(incidents=(event_id(50),)) == [5]
    assert await positions(documents=(event_id(901),)) == [1]
    # "2024" may have been in that week, "2024-05" and an announcement of June not.
    assert await positions(occurred_from=date(2024, 6, 24), occurred_to=date(2024, 7, 1)) == [5, 2]
    third = (await told.timelines.entries(Wanted(), Page(limit=3)))[2].row.recorded_at
    assert await positions(recorded_from=third) == [5, 4, 3, 2, 1]  # one append, one stamp
    assert await positions(recorded_to=third.replace(year=2000)) == []


async def test_a_corridor_is_touched_by_one_of_its_countries_or_followed_by_two(
    told: Told,
) -> None:
    await told.tell(SUSPENDED, TAKES_OFFICE, ROUTE, EXTORTED)
    corridor = ("EC", "CO", "PA", "US")
    assert await told.positions(countries=corridor) == [4, 3, 2, 1]
    assert await told.positions(countries=corridor, corridor="all") == [3]


async def test_pages_go_both_ways(told: Told) -> None:
    await told.tell(*(said_by(LIN, f"Word {n}") for n in range(5)))
    assert await told.positions(page=Page(limit=2)) == [5, 4]
    assert await told.positions(page=Page(limit=2, before=4)) == [3, 2]
    assert await told.positions(page=Page(limit=2, after=1)) == [3, 2]
    assert await told.positions(page=Page(limit=2, after=3), text="word") == [5, 4]
    assert await told.positions(page=Page(limit=2, before=4), text="word") == [3, 2]


@pytest.mark.parametrize("query", ["darién", "DARIEN", "Darie\u0301n gap", "mulino", "José"])
async def test_words_are_found_in_text_and_in_the_names_of_parties(told: Told, query: str) -> None:
    await told.tell(TAKES_OFFICE, ROUTE)
    # The names come later than what they find.
    await told.tell(named(MULINO, "José Raúl Mulino"), named(OTHER, "Frank Ábrego"))
    assert await told.positions(text=query) == [1]


async def test_a_name_and_a_word_go_together_and_so_do_chinese_aliases(told: Told) -> None:
    await told.tell(
        named(LIN, "Lin Jian", "林剑"), named(OTHER, "Mao Ning", "毛宁"),
        said_by(LIN, "We fight illegal migration"), said_by(OTHER, "We fight"),
        said_by(OTHER, "中国公民"),
    )  # fmt: skip
    assert await told.positions(text="林剑") == [3]
    assert await told.positions(text="Lin migration") == [3]
    assert await told.positions(text="毛宁 fight") == [4]
    assert await told.positions(text="公民") == [5]
    assert await told.positions(text="民公") == []
    with pytest.raises(Refused, match="q: has no word"):
        await told.positions(text="…")
    with pytest.raises(Refused, match="q: has more than 16 words"):
        await told.positions(text=" ".join(f"w{n}" for n in range(17)))


async def test_the_quotes_that_were_found_are_shown(told: Told) -> None:
    quotes = ("migrants fly to Quito", "others walk")
    citations = tuple(Citation(document=event_id(900), quote=quote) for quote in quotes)
    await told.tell(StatementMade(speaker=LIN, text="…", verbatim="verbatim", citations=citations))
    (entry,) = await told.timelines.entries(Wanted(text="quito"), Page())
    assert entry.quotes == ("migrants fly to Quito",)


async def test_merged_parties_and_incidents_are_found_under_either_id(told: Told) -> None:
    await told.tell(
        named(CLAN, "Gulf Clan"), named(CLAN_TOO, "Clan del Golfo"), EXTORTED,
        PartyMerged(party=CLAN, into=CLAN_TOO, reason="one group"),
        IncidentMerged(incident=event_id(50), into=event_id(51), reason="one case"),
    )  # fmt: skip
    assert await told.positions(parties=(CLAN_TOO,)) == [4, 3]
    assert await told.positions(parties=(CLAN,)) == [4, 3]
    assert await told.positions(text="golfo") == [4, 3]
    assert await told.positions(incidents=(event_id(51),)) == [5, 3]


async def test_an_entry_shows_what_it_says_now_and_who_bears_it_out(told: Told) -> None:
    wrong = said_by(LIN, "Fifty thousand", country="PE")
    right = {"speaker": LIN, "text": "Five thousand", "verbatim": "verbatim", "country": "EC"}
    await told.tell(
        wrong,
        FactCorroborated(target=event_id(1), target_position=1, first_hand="heard it too"),
        FactCorrected(
            target=event_id(1), target_position=1, fact_type="statement-made", fact=right,
            reason=WHY,
        ),
    )  # fmt: skip
    assert await told.positions(countries=("PE",)) == [3, 2]  # they bear on what was of Peru
    assert await told.positions(text="fifty") == []
    (entry,) = await told.timelines.entries(
        Wanted(countries=("EC",), types=("statement-made",)), Page()
    )
    assert (entry.row.status, entry.row.changed_by) == ("corrected", event_id(3))
    assert "Five thousand" in entry.headline
    assert entry.recorded.event == wrong
    assert entry.row.corroborated_by == (event_id(2),)

    gone = FactRetracted(target=event_id(1), target_position=1, reason=WHY)
    await told.tell(gone, FactRetracted(target=event_id(2), target_position=2, reason=WHY))
    (entry,) = await told.timelines.entries(Wanted(types=("statement-made",)), Page())
    assert (entry.row.status, entry.row.changed_by) == ("retracted", event_id(4))
    assert entry.row.corroborated_by == ()


async def test_all_facets_are_counted_in_one_answer(told: Told) -> None:
    await told.tell(SUSPENDED, TAKES_OFFICE, said_by(MULINO, "Soon", "2023", "PA"))
    counts = await told.timelines.counts(Wanted())
    assert counts.all == 3
    assert counts.types == {"policy-changed": 1, "position-announced": 1, "statement-made": 1}
    assert counts.countries == {"PA": 2, "CN": 1, "EC": 1}
    assert counts.parties == {MULINO: 2}
    assert counts.years == {"2024": 2, "2023": 1}
    assert (await told.timelines.counts(Wanted(text="nothing"))).all == 0
