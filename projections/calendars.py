"""What the doors and the reminders ask of the calendar."""

from collections.abc import Sequence
from datetime import date

import msgspec

from projections.columns import columns
from projections.tables import Views, loaded
from projections.views.calendar import CalendarEntry
from tracker.domain.policy import PolicyChanged

_COLUMNS = ", ".join(f'"{column.name}"' for column in columns(CalendarEntry))
# What is open to one side may lie anywhere there.
DATED = f"""
select {_COLUMNS}, count(*) over () as number from view.calendar
where (lower <= coalesce(%(last)s::date, 'infinity') or lower is null)
    and (upper >= coalesce(%(first)s::date, '-infinity') or upper is null)
    and (lower is not null or upper is not null)
    and (cardinality(%(countries)s::text[]) = 0 or countries && %(countries)s::text[])
order by coalesce(lower, upper), position, event, boundary, since
limit %(limit)s
"""  # noqa: S608  the columns are fields of a row type
UNDATED = f"""
select {_COLUMNS}, count(*) over () as number from view.calendar
where lower is null and upper is null and superseded_by is null
    and cardinality(replaced_by) = 0 and cardinality(withdrawn_by) = 0
    and (cardinality(%(countries)s::text[]) = 0 or countries && %(countries)s::text[])
order by position desc, event, boundary, since
limit %(limit)s
"""  # noqa: S608  as above
STARTING = f"""
select {_COLUMNS} from view.calendar
where lower between %(first)s and %(last)s and boundary = 'starts' and exact
    and jurisdiction is not null and reached_by is null and superseded_by is null
    and cardinality(replaced_by) = 0 and cardinality(withdrawn_by) = 0
order by lower, position
"""  # noqa: S608  as above


class Boundary(msgspec.Struct, frozen=True, kw_only=True):
    """What takes effect or ends, when, and how sure that is, on a given day."""

    event: str
    position: int
    type: str
    boundary: str
    """`starts` or `ends`."""
    on: str | None
    """As its source gave it (EDTF); None where it was announced without a date."""
    lower: date | None
    upper: date | None
    announced_on: str | None
    lead_days: int | None
    """Days from the announcement to the boundary, where both are certain days."""
    policy: str | None
    jurisdiction: str | None
    countries: tuple[str, ...]
    nationalities: tuple[str, ...]
    status: str
    """`standing`, `moved` or `withdrawn`."""
    unconfirmed: bool
    """Whether it has no date, or one that is not a certain day."""
    reached: bool
    """Whether it is on record that the day came."""
    overdue: bool
    """Whether its last day is past and nothing has been recorded of it since it was known."""
    moved_to: str | None
    """The event that has the date now; the same one where it was corrected."""
    changed_by: str | None
    """The event that moved it or took it back."""


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the calendar, the earliest day first, and how much there is in all."""

    today: date
    dated: list[Boundary]
    dated_in_all: int
    undated: list[Boundary]
    """What was announced without a date and still stands, the latest first."""
    undated_in_all: int


class Calendars:
    """Reads the calendar for people and programs."""

    def __init__(self, views: Views) -> None:
        self._views = views

    async def days(
        self,
        *,
        today: date,
        first: date | None = None,
        last: date | None = None,
        countries: Sequence[str] = (),
        limit: int = 500,
    ) -> Days:
        """Boundaries that may lie within the days, both included, and those without a date."""
        asked = {"first": first, "last": last, "countries": list(countries), "limit": limit}
        database = self._views.database
        dated, undated = await database.fetch(DATED, asked), await database.fetch(UNDATED, asked)
        return Days(
            today=today,
            dated=[boundary(loaded(CalendarEntry, row[:-1]), today) for row in dated],
            dated_in_all=dated[0][-1] if dated else 0,
            undated=[boundary(loaded(CalendarEntry, row[:-1]), today) for row in undated],
            undated_in_all=undated[0][-1] if undated else 0,
        )

    async def starting(self, first: date, last: date) -> list[CalendarEntry]:
        """Changes that stand, whose certain first day lies within the days, and not yet reached."""
        rows = await self._views.database.fetch(STARTING, {"first": first, "last": last})
        return [loaded(CalendarEntry, row) for row in rows]


def boundary(row: CalendarEntry, today: date) -> Boundary:
    """A row as it looks on a day."""
    changes = (row.superseded_by, *row.replaced_by, *row.withdrawn_by)
    moved = row.status == "moved"
    return Boundary(
        event=row.event,
        position=row.position,
        type=row.type,
        boundary=row.boundary,
        on=row.on,
        lower=row.lower,
        upper=row.upper,
        announced_on=row.announced_on,
        lead_days=row.lead_days,
        policy=row.policy,
        jurisdiction=row.jurisdiction,
        countries=row.countries,
        nationalities=row.nationalities,
        status=row.status,
        unconfirmed=not row.exact,
        reached=row.reached_by is not None,
        overdue=overdue(row, today),
        moved_to=(row.replaced_by[-1] if row.replaced_by else row.event) if moved else None,
        changed_by=next((event for event in reversed(changes) if event), None),
    )


def overdue(row: CalendarEntry, today: date) -> bool:
    """Whether a change should have begun by now, and nobody has said since that it did.

    What was recorded only when its day was past was told as something that had happened.
    """
    return (
        row.type == PolicyChanged.type
        and row.boundary == "starts"
        and row.status == "standing"
        and row.reached_by is None
        and row.confirmed_on is None
        and row.upper is not None
        and row.recorded_at.date() <= row.upper < today
    )
