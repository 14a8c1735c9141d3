"""How the mentions of an incident make one account, mention by mention in the order of the log.

What a later mention states goes before what an earlier one stated; what it leaves out stays. Counts
are combined, never averaged: `low` is the least number that any mention names and `high` the
greatest, as far as somebody gives a lower or an upper end at all; `best` is that of the most
reliable mention that has one (Admiralty A to E, then those not rated), among equals of the latest.
A count that nobody states is None and stays unknown: it is not zero.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, TypeVar

import msgspec

from projections.origins import Origin
from projections.sources import Sourced
from projections.view import Row
from tracker.domain import edtf
from tracker.domain.incident import Count, IncidentDisputed, Place

_RATED = "FEDCBA"
_UNKNOWN = (None, None, None)
Status = Literal["reported", "corroborated", "disputed"]


class Mention(Sourced, frozen=True, kw_only=True):
    """What one event says of an incident; of a dispute, only who denies what."""

    type: str
    incident: str
    """The id that the event names."""
    under: str
    """The incident that it counts for: another one after a merge."""
    recorded_at: datetime
    reliability: str | None
    incident_type: str | None = None
    title: str | None = None
    occurred: str | None = None
    place: Place | None = None
    actors: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()
    victim_term: str | None = None
    nationalities: tuple[str, ...] = ()
    killed: Count | None = None
    injured: Count | None = None
    affected: Count | None = None
    pattern: bool = False
    text: str | None = None
    """What a dispute denies."""
    by: str | None = None
    settled_by: str | None = None
    """Of a dispute: the event that closed it."""

    @property
    def open_dispute(self) -> bool:
        """Whether it denies something and that is not settled."""
        return self.type == IncidentDisputed.type and self.settled_by is None


class Tally(msgspec.Struct, frozen=True, gc=False):
    """A count over all mentions, and which one's best figure it shows."""

    low: int | None = None
    best: int | None = None
    high: int | None = None
    best_from: str | None = None
    best_reliability: str | None = None


class Account(Row, frozen=True, kw_only=True):
    """An incident as its mentions tell it together; parties are ids as recorded."""

    incident: str
    incident_type: str | None
    title: str | None
    occurred: str | None
    occurred_lower: date | None
    place: Place | None
    countries: tuple[str, ...]
    actors: tuple[str, ...]
    victims: tuple[str, ...]
    parties: tuple[str, ...]
    victim_terms: tuple[str, ...]
    nationalities: tuple[str, ...]
    killed: Tally | None
    injured: Tally | None
    affected: Tally | None
    pattern: bool
    disputed: bool
    """Whether a dispute of it is open."""
    mentions: int
    origins: tuple[Origin, ...]
    """Of its reports and updates; a denial bears nothing out."""
    documents: tuple[str, ...]
    first_position: int
    position: int
    """Of the latest mention."""


A = TypeVar("A", bound=Account)
T = TypeVar("T")


def advanced(row: type[A], account: A | None, mention: Mention) -> A:
    """The account after one more mention."""
    old = account or _blank(row, mention)
    denies = mention.type == IncidentDisputed.type
    actors, victims = _union(old.actors, mention.actors), _union(old.victims, mention.victims)
    by = (mention.by,) if mention.by else ()
    term = (mention.victim_term,) if mention.victim_term else ()
    country = (mention.place.country,) if mention.place and mention.place.country else ()
    occurred = mention.occurred or old.occurred
    return msgspec.structs.replace(
        old,
        incident_type=mention.incident_type or old.incident_type,
        title=mention.title or old.title,
        occurred=occurred,
        occurred_lower=edtf.lower(occurred) or edtf.upper(occurred),
        place=mention.place or old.place,
        countries=_union(old.countries, (*country, *mention.nationalities)),
        actors=actors,
        victims=victims,
        parties=_union(old.parties, (*actors, *victims, *by)),
        victim_terms=_union(old.victim_terms, term),
        nationalities=_union(old.nationalities, mention.nationalities),
        killed=_counted(old.killed, mention.killed, mention),
        injured=_counted(old.injured, mention.injured, mention),
        affected=_counted(old.affected, mention.affected, mention),
        pattern=old.pattern or mention.pattern,
        disputed=old.disputed or mention.open_dispute,
        mentions=old.mentions + 1,
        origins=old.origins if denies else _union(old.origins, mention.origins),
        documents=_union(old.documents, mention.documents),
        position=mention.position,
    )


def status(account: Account, independent: int) -> Status:
    """Where an incident stands, given how many independent origins its reports have."""
    if account.disputed:
        return "disputed"
    return "corroborated" if independent >= 2 else "reported"


def _blank(row: type[A], mention: Mention) -> A:
    return row(
        incident=mention.under, incident_type=None, title=None, occurred=None,
        occurred_lower=None, place=None, countries=(), actors=(), victims=(), parties=(),
        victim_terms=(), nationalities=(), killed=None, injured=None, affected=None,
        pattern=False, disputed=False, mentions=0, origins=(), documents=(),
        first_position=mention.position, position=mention.position,
    )  # fmt: skip


def _union(old: tuple[T, ...], new: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(old + new)) if new else old


def _counted(tally: Tally | None, count: Count | None, mention: Mention) -> Tally | None:
    if count is None or not (said := _numbers(count)):
        return tally
    known = tally or Tally()
    numbers = [*_numbers(known), *said]
    lower = (known.low, count.low, count.best) != _UNKNOWN
    upper = (known.high, count.high, count.best) != _UNKNOWN
    best = known.best, known.best_from, known.best_reliability
    if count.best is not None and (
        known.best is None or _rated(mention.reliability) >= _rated(known.best_reliability)
    ):
        best = count.best, mention.event, mention.reliability
    return Tally(min(numbers) if lower else None, best[0], max(numbers) if upper else None,
                 best[1], best[2])  # fmt: skip


def _numbers(count: Count | Tally) -> Sequence[int]:
    return [n for n in (count.low, count.best, count.high) if n is not None]


def _rated(reliability: str | None) -> int:
    return _RATED.index(reliability or "F")
