"""Where a fact stands: what it says now, by which event, and whether it still counts."""

import msgspec

from tracker.domain.base import Past, Query, Recorded, first_tag, require, tagged
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Conflict, Refused
from tracker.domain.fact import Fact

_OF_A_FACT = (FactCorrected.type, FactRetracted.type, FactCorroborated.type)


class Standing(msgspec.Struct, frozen=True):
    """A fact in its latest words and the event that says them."""

    fact: Fact
    by: Recorded


def about(target: Recorded) -> Query:
    """Everything that came after an event and says something of it."""
    return tagged(f"target:{target.id}")


def latest(target: Recorded, past: Past) -> Fact | None:
    """What a fact says now; None where it is retracted or erased, or where the target is none.

    `past` holds the events about it, in the order of the log.
    """
    if not _is_fact(target) or _ended(target, past):
        return None
    return _said(target, past).fact


def standing(target: Recorded, past: Past) -> Standing:
    """What a fact says now and by which event.

    Raises Refused for an event that is no fact or was erased, Conflict for a fact retracted.
    """
    require_fact(target, "event")
    if ended := _ended(target, past):
        how = "retracted" if ended.type == FactRetracted.type else "erased"
        raise Conflict(f"event: {target.id} was {how} by event {ended.position}", field="event")
    return _said(target, past)


def require_fact(recorded: Recorded, field: str) -> None:
    """Refuse an event that states no fact, naming the fact that it is about if there is one."""
    if recorded.type in _OF_A_FACT:
        original = first_tag("target:", recorded.tags)
        raise Refused(
            f"{field}: {recorded.id} is a {recorded.type}; name the original fact, {original}",
            field=field,
        )
    require(recorded.event, f"{field}: what {recorded.id} said was erased", field)
    require(_is_fact(recorded), f"{field}: {recorded.id} is a {recorded.type} and no fact", field)


def tags_of(target: Recorded, past: Past, *more: str) -> tuple[str, ...]:
    """The tags of all that the fact ever said and more, for whoever follows one of them.

    Its type is none of them, nor what it is said of.
    """
    own = str(target.id)
    corrections = [r for r in past if isinstance(r.event, FactCorrected) and r.event.target == own]
    tags = {tag for r in (target, *corrections) for tag in r.tags} | set(more)
    return tuple(sorted(tag for tag in tags if not tag.startswith(("type:", "target:"))))


def _is_fact(recorded: Recorded) -> bool:
    return isinstance(recorded.event, Fact) and not isinstance(recorded.event, FactCorroborated)


def _ended(target: Recorded, past: Past) -> Recorded | None:
    """What ended a fact: the first retraction, or its erasure."""
    own = str(target.id)
    for recorded in past:
        event = recorded.event
        if isinstance(event, FactRetracted) and event.target == own:
            return recorded
        if isinstance(event, PayloadErased) and own in event.targets:
            return recorded
    return None


def _said(target: Recorded, past: Past) -> Standing:
    fact, by = target.event, target
    for recorded in past:
        event = recorded.event
        if isinstance(event, FactCorrected) and event.target == str(target.id):
            fact, by = msgspec.convert(event.fact, type(target.event)), recorded
    assert isinstance(fact, Fact)
    return Standing(fact, by)
