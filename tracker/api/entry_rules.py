"""`/entry-rules`: who may enter where, on any day, as known at any time; and why."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from projections.cells import CellAnswer, Ruled, Why
from projections.concerning import waiting
from projections.histories import Segment
from projections.questions import Clocks, Holder
from projections.regimes import Cell
from projections.sweeps import column, row
from tracker.api.access import READER, OpenParts
from tracker.api.reading import Reading, country, sighted, standing, traveller
from tracker.domain.errors import Refused
from tracker.domain.values import PassportType, Purpose

MOST_CELLS = 200


class Echo(msgspec.Struct, frozen=True, kw_only=True):
    """The two times as they were understood."""

    valid_at: str
    known_at: str
    basis: str
    known_position: int


class History(Echo, frozen=True, kw_only=True):
    """The regime of a cell over all time."""

    destination: str
    nationality: str
    segments: tuple[Segment, ...]


class Rules(Echo, frozen=True, kw_only=True):
    """A row or a column: every cell that there are facts about."""

    destination: str | None = None
    nationality: str | None = None
    rules: list[Ruled]


class Square(msgspec.Struct, frozen=True):
    """One cell of the whole table, where that is told as a list."""

    destination: str
    nationality: str
    regime: str


class Whole(Echo, frozen=True, kw_only=True):
    """The whole table: a list a destination, in the order of nationalities.

    Each number is an index into `regimes`; 0 is `unknown`, also for a country's own nationals.
    """

    destinations: tuple[str, ...]
    nationalities: tuple[str, ...]
    regimes: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]

    def listed(self) -> list[Square]:
        """Every cell by itself."""
        return [
            Square(destination, nationality, self.regimes[regime])
            for destination, line in zip(self.destinations, self.cells, strict=True)
            for nationality, regime in zip(self.nationalities, line, strict=True)
        ]


class Looked(msgspec.Struct, frozen=True):
    """The answer for one of the cells that were asked for, or why there is none."""

    cell: str
    answer: CellAnswer | None
    refused: str | None


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """The answers for many cells, all of one position of the log."""

    position: int
    checkpoint_size: int
    """How many events the last signed checkpoint covers."""
    answers: list[Looked]


def _pair(text: str, holder: Holder) -> Cell:
    place, colon, who = text.partition(":")
    if not colon:
        raise Refused(f"cell: {text[:80]!r} is not written as EC:CN", field="cell")
    return holder.cell(country("cell", place), traveller(who, "cell"))


async def provide_holder(
    passport_type: FromQuery[PassportType] = "ordinary", purpose: FromQuery[Purpose] = "tourism"
) -> Holder:
    """With which passport and for what."""
    return Holder(passport_type, purpose)


class EntryRules(Controller):
    """Cells, rows and columns of the table of entry rules; codes are of two letters, three, or a passport."""

    path = "/entry-rules"
    tags = ("entry rules",)

    @get("/{destination:str}/{nationality:str}", opt=READER)
    async def cell(
        self,
        request: Request[Any, Any, Any],
        parts: OpenParts,
        reading: NamedDependency[Reading],
        clocks: NamedDependency[Clocks],
        holder: NamedDependency[Holder],
        destination: FromPath[str],
        nationality: FromPath[str],
    ) -> CellAnswer:
        """One cell. New values of `regime` and `requires` may come: tolerate them."""
        place, who = country("destination", destination), traveller(nationality)
        sighting = await sighted(parts, reading, clocks, place)
        return await standing(request).cell(holder.cell(place, who), sighting, reading.stand)

    @get("/lookup", opt=READER)
    async def lookup(
        self,
        request: Request[Any, Any, Any],
        parts: OpenParts,
        reading: NamedDependency[Reading],
        clocks: NamedDependency[Clocks],
        holder: NamedDependency[Holder],
        asked: Annotated[
            list[str] | None,
            QueryParameter(
                name="cell",
                description="Destination and nationality, as in `EC:CN`; at most 200 of them.",
            ),
        ] = None,
    ) -> Lookup:
        """Many cells at once, in the order asked; one that cannot be told says why by itself."""
        if not asked or len(asked) > MOST_CELLS:
            raise Refused(f"cell: name 1 to {MOST_CELLS} of them, as in EC:CN", field="cell")
        known = await sighted(parts, reading, clocks)
        found: list[Looked] = []
        for pair in asked:
            try:
                cell = _pair(pair, holder)
            except Refused as refused:
                found.append(Looked(pair, None, refused.message))
                continue
            day = await parts.questions.sight(clocks, cell.destination, seen=known.known_position)
            told = await standing(request).cell(cell, day, reading.stand)
            found.append(Looked(pair, told, None))
        return Lookup(
            position=reading.position, checkpoint_size=reading.stand.signed, answers=found
        )

    @get("/{destination:str}/{nationality:str}/history", opt=READER)
    async def history(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        clocks: NamedDependency[Clocks],
        holder: NamedDependency[Holder],
        destination: FromPath[str],
        nationality: FromPath[str],
    ) -> History:
        """The regime of a cell over all time, as known; the segments leave no gap."""
        place, who = country("destination", destination), traveller(nationality)
        sighting = await sighted(parts, reading, clocks, place)
        segments = await parts.questions.history(holder.cell(place, who), sighting)
        return History(destination=place, nationality=who, segments=segments, **sighting.echo())

    @get("/{destination:str}/{nationality:str}/why", opt=READER)
    async def why(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        clocks: NamedDependency[Clocks],
        holder: NamedDependency[Holder],
        destination: FromPath[str],
        nationality: FromPath[str],
    ) -> Why:
        """What decided a cell, with quotes and chains of attribution, and what disagrees."""
        place, who = country("destination", destination), traveller(nationality)
        sighting = await sighted(parts, reading, clocks, place)
        return await parts.questions.why(holder.cell(place, who), sighting)

    @get("/{destination:str}", opt=READER)
    async def row(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        clocks: NamedDependency[Clocks],
        holder: NamedDependency[Holder],
        destination: FromPath[str],
    ) -> Rules:
        """Every nationality that a destination has facts about."""
        place = country("destination", destination)
        sighting = await sighted(parts, reading, clocks, place)
        facts = await parts.questions.facts(destination=place)
        drafts = await waiting(parts.views.database, destination=place)
        rules = drafts.counted(row(facts, place, sighting, holder))
        return Rules(destination=place, rules=rules, **sighting.echo())

    @get("/", opt=READER)
    async def column(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        clocks: NamedDependency[Clocks],
        holder: NamedDependency[Holder],
        nationality: Annotated[
            str | None, QueryParameter(description="Whose column; absent, the whole table.")
        ] = None,
    ) -> Rules | Whole:
        """Every destination that has facts about a nationality; without one, the whole table.

        The whole table is given on basis recorded.
        """
        if nationality is None:
            sighting = await sighted(parts, reading, clocks)
            found = await parts.questions.matrix(sighting, holder)
            return Whole(**msgspec.structs.asdict(found), **sighting.echo())
        who = traveller(nationality)
        sighting = await sighted(parts, reading, clocks)
        facts = await parts.questions.facts(nationality=who)
        drafts = await waiting(parts.views.database, nationality=who)
        rules = drafts.counted(column(facts, who, sighting, holder))
        return Rules(nationality=who, rules=rules, **sighting.echo())
