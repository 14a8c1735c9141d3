"""What a confirmation states: how what a subscription watches stands, and its back-test."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from projections.alerts.assurances import HITS_SHOWN, KEYS_SHOWN, Past, confirmation
from projections.alerts.backtest import Backtest, Hit
from projections.alerts.message import Member, Note
from projections.alerts.reasons import Matched
from projections.alerts.render import alert
from projections.answers import Answer, answer
from projections.checkpoints import wait_until
from projections.regimes import Cell, Known, selectors
from projections.tables import Views
from projections.views import entry_rules
from projections.views.entry_rules import EntryFact
from tracker.domain.base import Recorded
from tracker.domain.countries import COUNTRIES
from tracker.domain.errors import Unavailable
from tracker.domain.filter import ENTRY_RULE, Filter
from tracker.domain.subscription import Watched
from tracker.log.database import Database
from tracker.log.read import Reader

_YEAR = timedelta(days=365)
_MOST_HITS = 1000
_PAGES = 4
_MOST_KEYS = 1000
_WAIT_S = 5.0
_ALL = 100_000


class Confirming:
    """Reads the views and the past for a confirmation."""

    def __init__(self, database: Database) -> None:
        self._reader = Reader(database)
        self._views = Views(database)
        self._backtest = Backtest(database)

    async def note(self, watched: Watched, recorded: Recorded, *, changed: bool) -> Note:
        """The confirmation of a subscription as an event set it."""
        state, more = await self._state(watched.filter, recorded)
        past = await self._past(watched, recorded.recorded_at - _YEAR)
        note = confirmation(watched.title, watched.filter, state, more, past, changed=changed)
        return msgspec.structs.replace(note, events=(str(recorded.id), *note.events))

    async def _state(self, wanted: Filter, recorded: Recorded) -> tuple[list[Answer] | None, int]:
        """How the first keys stand, and how many more there are; None where nobody can say."""
        if wanted.types and ENTRY_RULE not in wanted.types:
            return [], 0
        at, known = recorded.recorded_at, Known(recorded.position)
        try:
            names = [entry_rules.VIEW.name]
            await wait_until(self._views.database, names, recorded.position, _WAIT_S)
        except Unavailable:
            return None, 0
        here: dict[str, list[EntryFact]] = {}
        for fact in await self._facts(wanted):
            here.setdefault(fact.destination, []).append(fact)
        found: list[Answer] = []
        watched = keys(wanted, [fact for facts in here.values() for fact in facts])
        for number, (place, who) in enumerate(watched):
            if len(found) == KEYS_SHOWN or number == _MOST_KEYS:
                return found, len(watched) - number
            one = answer(here.get(place, ()), Cell(place, who), _day_in(place, at), known)
            if one.regime != "unknown" or one.pending:
                found.append(one)
        return found, 0

    async def _facts(self, wanted: Filter) -> list[EntryFact]:
        pairs = [key.partition("|") for key in wanted.entry_rules]
        where = [*wanted.destinations, *(key[0] for key in pairs)]
        if not where and not wanted.nationalities:
            where = list(wanted.countries)
        who = {s for n in (*wanted.nationalities, *(k[2] for k in pairs)) for s in selectors(n)}
        within = {"destination": where} if where else {"nationality": sorted(who)}
        if not any(within.values()):
            return []
        return await self._views.select(EntryFact, within=within, limit=_ALL)

    async def _past(self, watched: Watched, since: datetime) -> Past:
        after: int | None = await self._reader.position_at(since)
        hits: list[Hit] = []
        for _ in range(_PAGES):
            found = await self._backtest.run(
                watched.filter, watched.options, after=after or 0, limit=_MOST_HITS
            )
            hits, after = [*hits, *found.hits], found.next
            if after is None or len(hits) >= _MOST_HITS:
                break
        latest = hits[-HITS_SHOWN:]
        events = tuple(str(hit.event) for hit in latest)
        return Past(len(hits), await self._said(latest), events, whole=after is None)

    async def _said(self, hits: Sequence[Hit]) -> tuple[str, ...]:
        told = {r.id: r for r in await self._reader.by_ids([hit.event for hit in hits])}
        said: list[str] = []
        for hit in reversed(hits):
            member = Member(hit.event, hit.event, hit.position, "alert", Matched(hit.reasons), ())
            if hit.event in told:
                subject = alert(member, told[hit.event], {}, {}, "").subject
                said.append(f"{hit.recorded_at:%Y-%m-%d}: {subject}")
        return tuple(said)


def keys(wanted: Filter, facts: Sequence[EntryFact]) -> list[tuple[str, str]]:
    """Destination and nationality of the keys that a filter watches, as far as facts state them.

    Where it names one of the two only, the other is what facts say.
    """
    if wanted.entry_rules:
        named = [key.partition("|") for key in wanted.entry_rules]
        return [(where, who) for where, _, who in named]
    stated = sorted({(f.destination, f.nationality) for f in facts if f.category is None})
    if not wanted.nationalities:
        return stated
    where = wanted.destinations or tuple(dict.fromkeys(place for place, _ in stated))
    return [(place, who) for place in where for who in wanted.nationalities]


def _day_in(destination: str, at: datetime) -> date:
    country = COUNTRIES.get(destination)
    return at.astimezone(ZoneInfo(country.capital_zone if country else "UTC")).date()
