"""Incidents: what happened where and to how many, put together from everything said of each.

Every report, update and dispute keeps a row with its own figures. The incident is put together
from those that stand, in the order of the log (`projections.accounts`). A correction says a
mention anew, a retraction takes it away, a merge puts those of one incident under another.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from projections.accounts import Account, Mention, advanced
from projections.origins import identities
from projections.overlay import Overlay
from projections.said import Said, said
from projections.sources import CORRECTIONS, backed, columns, still_backed, unbacked, wants_facts
from projections.view import Change, Lookup, Row, State, View
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorroborated, FactRetracted
from tracker.domain.incident import (
    IncidentDisputed,
    IncidentFact,
    IncidentMerged,
    IncidentReported,
    IncidentUpdated,
)
from tracker.domain.relation import RelationResolved


class IncidentMention(Mention, frozen=True, kw_only=True):
    """What one event says of an incident."""

    table: ClassVar[str] = "incident_mention"
    key: ClassVar[tuple[str, ...]] = ("event",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("under", "position"),)


class Incident(Account, frozen=True, kw_only=True):
    """One incident as all mentions together tell it; one that was merged is under the other."""

    table: ClassVar[str] = "incident"
    key: ClassVar[tuple[str, ...]] = ("incident",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("position",),
        ("incident_type", "position"),
        ("countries",),
        ("parties",),
        ("nationalities",),
    )


class IncidentGivenUp(Row, frozen=True, kw_only=True):
    """The id of an incident that turned out to be another."""

    table: ClassVar[str] = "incident_given_up"
    key: ClassVar[tuple[str, ...]] = ("incident",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("into",),)

    incident: str
    into: str
    """The incident that stands for it; never one that was given up itself."""
    reason: str
    position: int
    recorded_at: datetime


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The incidents that the event is about, or the mention."""
    event = recorded.event
    ids: tuple[str | None, ...] = ()
    if isinstance(event, IncidentFact | IncidentDisputed):
        ids = (event.incident,)
    elif isinstance(event, IncidentMerged):
        ids = (event.incident, event.into)
        yield Lookup(IncidentGivenUp, "into", event.incident)
    for incident in filter(None, ids):
        yield Lookup(IncidentGivenUp, "incident", incident)
        yield Lookup(Incident, "incident", incident)
    yield from wants_facts(recorded, IncidentMention, IncidentReported)
    yield from wants_facts(recorded, IncidentMention, IncidentUpdated)


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The mention, and the incident as it is told with it."""
    event, told, over = recorded.event, said(recorded), Overlay(state)
    if told and isinstance(told.fact, IncidentFact | IncidentDisputed):
        _mentioned(over, told, told.fact)
    elif isinstance(event, IncidentMerged):
        _merged(over, event, recorded)
    elif isinstance(event, RelationResolved):
        for about in (event.a, event.b):
            _settled(over, about, str(recorded.id))
    elif isinstance(event, FactCorroborated):
        for mention in over.find(IncidentMention, "event", event.target):
            over.put(backed(mention, event, recorded))
            _again(over, mention.under)
    elif isinstance(event, FactRetracted):
        for mention in over.find(IncidentMention, "event", event.target):
            over.drop(mention)
            _again(over, mention.under)
        for mention in over.find(IncidentMention, "event", event.source_of or ""):
            over.put(unbacked(mention, event))
            _again(over, mention.under)
    return over.changes()


def _mentioned(over: Overlay, told: Said, fact: IncidentFact | IncidentDisputed) -> None:
    old = over.first(IncidentMention, "event", told.event) if told.corrected else None
    named = fact.incident or told.event
    given_up = over.first(IncidentGivenUp, "incident", named)
    under = given_up.into if given_up else named
    new = IncidentMention(
        **columns(told),
        type=fact.type,
        incident=named,
        under=under,
        recorded_at=told.recorded_at,
        reliability=fact.reliability,
        settled_by=old.settled_by if old else None,
        **_details(fact),
    )
    if old:
        new = still_backed(new, old)
    over.put(new)
    known = over.first(Incident, "incident", under)
    answered = _answered(over, new) if known and known.disputed else False
    if told.corrected or answered:
        for incident in dict.fromkeys((under, old.under if old else under)):
            _again(over, incident)
    else:
        over.put(advanced(Incident, known, new))


def _details(fact: IncidentFact | IncidentDisputed) -> dict[str, Any]:
    if isinstance(fact, IncidentDisputed):
        return {"text": fact.text, "by": fact.by}
    return {
        "incident_type": getattr(fact, "incident_type", None),
        "title": fact.title,
        "occurred": fact.occurred,
        "place": fact.place,
        "actors": fact.actors,
        "victims": fact.victims,
        "victim_term": fact.victim_term,
        "nationalities": fact.nationalities,
        "killed": fact.killed,
        "injured": fact.injured,
        "affected": fact.affected,
        "pattern": fact.pattern,
    }


def _answered(over: Overlay, update: IncidentMention) -> bool:
    """Close the disputes of those who now say something else of the incident."""
    if update.type != IncidentUpdated.type:
        return False
    who, closed = identities(update.origins), False
    for mention in over.find(IncidentMention, "under", update.under):
        if mention.open_dispute and who & identities(mention.origins):
            over.put(msgspec.structs.replace(mention, settled_by=update.event))
            closed = True
    return closed


def _settled(over: Overlay, event: str, by: str) -> None:
    for mention in over.find(IncidentMention, "event", event):
        if mention.open_dispute:
            over.put(msgspec.structs.replace(mention, settled_by=by))
            _again(over, mention.under)


def _merged(over: Overlay, event: IncidentMerged, recorded: Recorded) -> None:
    gone, stays = _standing(over, event.incident), _standing(over, event.into)
    if gone == stays:
        return
    for earlier in over.find(IncidentGivenUp, "into", gone):
        over.put(msgspec.structs.replace(earlier, into=stays))
    over.put(
        IncidentGivenUp(
            incident=gone,
            into=stays,
            reason=event.reason,
            position=recorded.position,
            recorded_at=recorded.recorded_at,
        )
    )
    for mention in over.find(IncidentMention, "under", gone):
        over.put(msgspec.structs.replace(mention, under=stays))
    for incident in (gone, stays):
        _again(over, incident)


def _standing(over: Overlay, incident: str) -> str:
    known = over.first(IncidentGivenUp, "incident", incident)
    return known.into if known else incident


def _again(over: Overlay, incident: str) -> None:
    """The incident as its mentions tell it; gone where none is left."""
    made: Incident | None = None
    mentions = over.find(IncidentMention, "under", incident)
    for mention in sorted(mentions, key=lambda m: (m.position, m.event)):
        made = advanced(Incident, made, mention)
    old = over.first(Incident, "incident", incident)
    if made:
        over.put(made)
    elif old:
        over.drop(old)


VIEW = View(
    name="incidents",
    version=2,
    rows=(Incident, IncidentMention, IncidentGivenUp),
    events=(IncidentFact, IncidentDisputed, IncidentMerged, RelationResolved, *CORRECTIONS),
    fold=fold,
    wants=wants,
    effort=70,
)
