"""What the doors ask of the views, answered the same way for API, console and command line.

Every answer about state says which clock it shows: `recorded` is what this log knew at a position,
`published` what a reader of the sources could know at a moment.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from projections.answers import Answer, answer
from projections.cells import CellAnswer, Why, why
from projections.concerning import concerning
from projections.entries import Entry
from projections.histories import Segment, timeline
from projections.matrix import Matrix, read
from projections.nouns import Nouns
from projections.regimes import Cell, Known, selectors
from projections.tables import Views
from projections.timelines import Page, Timelines, Wanted
from projections.views.entry_rules import EntryFact
from tracker.clock import Clock
from tracker.domain.base import tagged
from tracker.domain.countries import COUNTRIES
from tracker.domain.errors import Refused
from tracker.domain.values import PassportType, Purpose, day, instant, ruled
from tracker.log.read import Reader

Basis = Literal["recorded", "published"]
FACTS_LIMIT = 100_000
_POSITION = re.compile("[0-9]{1,18}")


def point(text: str) -> int | datetime:
    """A position of the log, or a moment; Refused for what is neither."""
    return int(text) if _POSITION.fullmatch(text) else instant(text)


class Clocks(msgspec.Struct, frozen=True):
    """The two times of a question as they were asked; None is now."""

    valid_at: str | None = None
    known_at: str | None = None
    basis: str = "recorded"


class Sighting(msgspec.Struct, frozen=True):
    """The two times as they were understood: what every answer echoes."""

    valid_at: date
    known_at: str
    basis: str
    known_position: int
    known: Known

    def echo(self) -> dict[str, Any]:
        """The part that goes into an answer."""
        return {
            "valid_at": self.valid_at.isoformat(),
            "known_at": self.known_at,
            "basis": self.basis,
            "known_position": self.known_position,
        }


class Holder(msgspec.Struct, frozen=True):
    """With which passport and for what somebody travels."""

    passport_type: PassportType = "ordinary"
    purpose: Purpose = "tourism"

    def cell(self, destination: str, nationality: str) -> Cell:
        """The cell of such a traveller."""
        return Cell(destination, nationality, self.passport_type, self.purpose)

    def within(self) -> dict[str, list[str]]:
        """What facts that concern such a traveller name."""
        return self.cell("", "").stated()


ANYBODY = Holder()


class Questions:
    """Reads the views for people and programs."""

    def __init__(self, views: Views, reader: Reader, clock: Clock) -> None:
        self.views = views
        self.nouns = Nouns(views)
        self.timelines = Timelines(views, reader)
        self._reader = reader
        self._clock = clock

    async def sight(
        self, clocks: Clocks, destination: str | None = None, *, seen: int | None = None
    ) -> Sighting:
        """Understand the two times; Refused where one is no date, or the basis is unknown.

        `valid_at` defaults to today in the destination's capital, `known_at` to the head of the
        log; a date in `known_at` means the end of that day, UTC. `seen` is how far the views have
        come, for callers who know: no answer then claims to know more than its view does.
        """
        if clocks.basis not in ("recorded", "published"):
            raise Refused(
                f"basis: {clocks.basis!r} is neither recorded nor published", field="basis"
            )
        if clocks.valid_at is None:
            valid_at = self._today(destination)
        else:
            valid_at = ruled(day, clocks.valid_at, "valid_at")
        head = await self._reader.head() if seen is None else seen
        asked = clocks.known_at
        if asked is None:
            now = self._clock()
            known = Known(head, now if clocks.basis == "published" else None)
            return Sighting(valid_at, now.isoformat(), clocks.basis, head, known)
        at = ruled(point, asked, "known_at")
        if isinstance(at, int):
            position = _position(at, head, clocks.basis)
            return Sighting(valid_at, asked, clocks.basis, position, Known(position))
        if clocks.basis == "published":
            return Sighting(valid_at, asked, clocks.basis, head, Known(head, at))
        position = min(await self._reader.position_at(at), head)
        return Sighting(valid_at, asked, clocks.basis, position, Known(position))

    def _today(self, destination: str | None) -> date:
        country = COUNTRIES.get(destination or "")
        zone = ZoneInfo(country.capital_zone) if country else UTC
        return self._clock().astimezone(zone).date()

    async def facts(
        self,
        *,
        destination: str | None = None,
        nationality: str | None = None,
        holder: Holder | None = None,
    ) -> list[EntryFact]:
        """The facts that may concern a destination, a nationality, or the cell of both.

        With a holder only those that may concern such a traveller.
        """
        within: dict[str, Sequence[str]] = dict(holder.within()) if holder else {}
        if nationality:
            within["nationality"] = selectors(nationality)
        return await self.views.select(
            EntryFact,
            equal={"destination": destination} if destination else None,
            within=within,
            limit=FACTS_LIMIT,
        )

    async def cell(self, cell: Cell, sighting: Sighting) -> CellAnswer:
        """The whole answer for one cell, as every door gives it to programs."""
        facts, waiting = await concerning(self.views.database, cell, sighting.known.position)
        found = answer(facts, cell, sighting.valid_at, sighting.known)
        return cell_answer(found, sighting, waiting)

    async def _concerning(self, cell: Cell) -> list[EntryFact]:
        holder = Holder(cell.passport_type, cell.purpose)  # pyright: ignore[reportArgumentType]  a cell of any words
        return await self.facts(
            destination=cell.destination, nationality=cell.nationality, holder=holder
        )

    async def why(self, cell: Cell, sighting: Sighting) -> Why:
        """What decided a cell, with its sources, what it overrode and what disagrees."""
        found = await self.cell(cell, sighting)
        ids = (found.decided_by, *found.overrode, *found.disputed_by, *found.replaced,
               found.pending.decided_by if found.pending else None)  # fmt: skip
        events = await self._reader.by_ids([UUID(i) for i in dict.fromkeys(ids) if i])
        targets = tagged(*(f"target:{e.id}" for e in events))
        about = await self._reader.read_all(targets, before=sighting.known_position)
        return why(found, {str(e.id): e for e in events}, about)

    async def history(self, cell: Cell, sighting: Sighting) -> tuple[Segment, ...]:
        """The regime of a cell over all time, as known."""
        facts = await self._concerning(cell)
        return timeline(facts, cell, sighting.known)

    async def matrix(self, sighting: Sighting, holder: Holder | None = None) -> Matrix:
        """The regime of every nationality at every destination, on basis recorded.

        Refused on basis published, which is read a cell, a row or a column at a time.
        """
        if sighting.known.instant is not None:
            raise Refused(
                "basis: the whole matrix is given as recorded; ask for a row or a column instead",
                field="basis",
            )
        day, known = sighting.valid_at, sighting.known
        return await read(self.views, (holder or ANYBODY).cell("", ""), day, known)

    async def destinations(self) -> dict[str, int]:
        """How many facts each destination has."""
        return await self.views.counts(EntryFact, "destination")

    async def timeline(
        self,
        *,
        countries: Sequence[str] = (),
        types: Sequence[str] = (),
        parties: Sequence[str] = (),
        documents: Sequence[str] = (),
        policy: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Entry]:
        """Events newest first; OR within a filter, AND between filters.

        `before` is a position: the page after one whose last row has it.
        """
        wanted = Wanted(
            countries=tuple(countries),
            types=tuple(types),
            parties=tuple(parties),
            documents=tuple(documents),
            policies=(policy,) if policy else (),
        )
        return await self.timelines.entries(wanted, Page(before=before, limit=limit))

    async def names(self, parties: Iterable[str]) -> dict[str, str]:
        """Party → the name it is shown by."""
        return await self.nouns.names(parties)


def cell_answer(found: Answer, sighting: Sighting, drafts_waiting: int) -> CellAnswer:
    """The answer together with its clocks."""
    return CellAnswer(
        **msgspec.structs.asdict(found),
        known_at=sighting.known_at,
        basis=sighting.basis,
        known_position=sighting.known_position,
        drafts_waiting=drafts_waiting,
    )


def _position(asked: int, head: int, basis: str) -> int:
    """A position that the log has; what lies beyond it is likely a year or a date meant."""
    if basis == "published":
        raise Refused("known_at: a position goes with basis recorded", field="known_at")
    if asked > head:
        raise Refused(
            f"known_at: {asked} is a position and the log ends at {head}; write a day as "
            "2024-06-18",
            field="known_at",
        )
    return asked
