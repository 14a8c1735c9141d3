"""A change for a group, or for everybody, that is outranked by what was said of a code before."""

import msgspec

from projections.docket import Conflict, Docket
from projections.standing_rules import PLACE, Lead, Line, StandingChange, countries, says_the_same
from tracker.domain.countries import COUNTRIES
from tracker.domain.groups import groups_of
from tracker.domain.values import regime_words


def outrank(docket: Docket, change: StandingChange) -> None:
    """Open a conflict where code-level changes of before outrank a change for a group or all."""
    topic = outranked(change.destination, change.nationality)
    if (older := docket.opened(topic)) and older.facts[:1] != (change.event,):
        # One that is corrected, or stands again, may be of before.
        about = docket.over.find(StandingChange, "event", older.facts[0])
        if any(other.position > change.position for other in about):
            return
        docket.resolve(older, "a later change for the same people")
    lines = docket.over.find(Line, "destination", change.destination)
    leads = (line.head[0] for line in lines if line.head and line.nationality in COUNTRIES)
    against = [lead for lead in leads if _outranks(lead, change)]
    if not against:
        return
    who = ", ".join(lead.nationality for lead in against)
    first = against[0]
    conflict = docket.begin(
        topic,
        kind="outranked",
        subject=f"{change.destination}|{change.nationality}",
        reason=f"{regime_words(change.regime)} for {change.nationality} is outranked by what is"
        f" said of {who} itself",
        facts=(change.event, first.event),
        countries=countries(change.destination, *(lead.nationality for lead in against)),
        nationalities=tuple(lead.nationality for lead in against),
        decided=change.destination,
        regime=change.regime,
        passport_type=change.passport_type,
        purpose=change.purpose,
    )
    docket.join(conflict.conflict, change.event, "a")
    docket.join(conflict.conflict, first.event, "b")


def still_outranked(docket: Docket, conflict: Conflict, destination: str, who: str) -> None:
    """Whether what is now said of a nationality itself still differs from the older change."""
    if who not in conflict.nationalities:
        return
    over = docket.over
    lead = _lead(docket, destination, who)
    older = over.find(StandingChange, "event", conflict.facts[0])
    if lead and any(change.stands and _outranks(lead, change) for change in older):
        return
    left = tuple(n for n in conflict.nationalities if n != who)
    if not left:
        docket.resolve(conflict, f"what is said of {who} itself was decided anew")
        return
    named = _lead(docket, destination, left[0])
    facts = (conflict.facts[0], named.event) if named else conflict.facts
    if named:
        for member in docket.members(conflict.conflict):
            if member.side == "b":
                over.drop(member)
        docket.join(conflict.conflict, named.event, "b")
    over.put(msgspec.structs.replace(conflict, nationalities=left, facts=facts))


def _lead(docket: Docket, destination: str, who: str) -> Lead | None:
    line = docket.over.first(Line, PLACE, (destination, who))
    return line.head[0] if line and line.head else None


def _outranks(lead: Lead, change: StandingChange) -> bool:
    on = max(lead.starts, change.starts)
    among = change.nationality == "*" or change.nationality in groups_of(lead.nationality, on)
    return (
        lead.position < change.position
        and among
        and lead.covers(on)
        and change.covers(on)
        and lead.meets(change)
        and not says_the_same(lead.regime, change.regime)
        and not says_the_same(change.regime, lead.regime)
    )


def outranked(destination: str, selector: str) -> str:
    """The topic of the conflict about a group, or `*`, at a destination."""
    return f"outranked|{destination}|{selector}"
