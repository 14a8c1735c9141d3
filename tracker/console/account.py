"""What became of a fact: what it says now, its history, and what each correction changed."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from tracker.console.readable import readable
from tracker.domain.base import Past, Recorded
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.erasure import PayloadErased
from tracker.domain.fact import Fact
from tracker.domain.relation import RelationAsserted, RelationResolved
from tracker.domain.standing import latest
from tracker.parts import Parts


class Difference(msgspec.Struct, frozen=True):
    """A field before and after a correction; None where it was or became empty."""

    label: str
    before: str | None
    after: str | None


class Step(msgspec.Struct, frozen=True):
    """One event of a fact's history."""

    recorded: Recorded
    word: str
    why: str
    by: str
    differences: tuple[Difference, ...] = ()
    other: str | None = None
    """The other fact of a relation."""


class Account(msgspec.Struct, frozen=True):
    """A fact with all that was said of it since."""

    now: Fact | None
    """What it says now; None where it is retracted or erased."""
    seen: int
    """The position of the event that says so."""
    steps: tuple[Step, ...]
    corroborations: tuple[Recorded, ...]
    names: dict[str, str]
    ended: Step | None


_WORDS = {
    FactCorrected.type: "Corrected",
    FactRetracted.type: "Retracted",
    FactCorroborated.type: "Further source",
    RelationAsserted.type: "Related",
    RelationResolved.type: "Relation settled",
    PayloadErased.type: "Erased",
}


async def account_of(parts: Parts, target: Recorded, past: Past) -> Account | None:
    """The account of a fact; None for an event that states none."""
    if not isinstance(target.event, Fact) or isinstance(target.event, FactCorroborated):
        return None
    names = await parts.questions.names(_parties(target.event, past))
    users = {str(user.id): user.name for user in await parts.users.all()}
    steps: list[Step] = []
    before, seen = target.event, target.position
    for recorded in past:
        event, found = recorded.event, ()
        if isinstance(event, FactCorrected) and event.target == str(target.id):
            after = msgspec.convert(event.fact, type(target.event))
            found = differences(before, after, names)
            before, seen = after, recorded.position
        by = users.get(recorded.actor.user, recorded.actor.role)
        steps.append(_step(target, recorded, by, found))
    return Account(
        now=latest(target, past),
        seen=seen,
        steps=tuple(steps),
        corroborations=tuple(r for r in past if isinstance(r.event, FactCorroborated)),
        names=names,
        ended=next((s for s in steps if s.word in ("Retracted", "Erased")), None),
    )


def _step(target: Recorded, recorded: Recorded, by: str, found: tuple[Difference, ...]) -> Step:
    event = recorded.event
    word = _WORDS.get(recorded.type, recorded.type.replace("-", " ").capitalize())
    other = None
    if isinstance(event, RelationAsserted | RelationResolved):
        other = event.b if event.a == str(target.id) else event.a
        why = f"{event.kind.replace('-', ' ')}: {event.reason}"
    elif isinstance(event, FactCorrected | FactRetracted):
        why = f"{event.reason.text} ({event.reason.code.replace('-', ' ')})"
    else:
        why = ""
    return Step(recorded, word, why, by, found, other)


def differences(before: Fact, after: Fact, names: Mapping[str, str]) -> tuple[Difference, ...]:
    """What changed, field by field, in the words of the page."""
    old, new = _worded(before, names), _worded(after, names)
    return tuple(
        Difference(label, old.get(label), new.get(label))
        for label in {**old, **new}
        if old.get(label) != new.get(label)
    )


def _worded(fact: Fact, names: Mapping[str, str]) -> dict[str, str]:
    # When it could be known follows from the rest, and would be in every difference.
    fields = readable(msgspec.structs.replace(fact, known_since=None), names)
    found = {field.label: ", ".join(value.text for value in field.values) for field in fields}
    quotes = " … ".join(citation.quote for citation in fact.citations)
    return {**found, **({"quotes": quotes} if quotes else {})}


def named_fields(fact: Fact, names: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a fact as a form shows them: parties by their names."""
    fields: dict[str, Any] = msgspec.to_builtins(fact)
    for name in type(fact).parties:
        value = fields.get(name)
        if isinstance(value, str):
            fields[name] = names.get(value, value)
        elif isinstance(value, list | tuple):
            several = cast("Sequence[str]", value)
            fields[name] = [names.get(one, one) for one in several]
    return fields


def _parties(fact: Fact, past: Past) -> list[str]:
    said = [fact]
    for recorded in past:
        if isinstance(recorded.event, FactCorrected):
            said.append(msgspec.convert(recorded.event.fact, type(fact)))
    return [party for one in said for party in one.facets().parties]


async def who(parts: Parts, recorded: Recorded) -> str:
    """The name of whoever recorded an event, or else the role."""
    names = {str(user.id): user.name for user in await parts.users.all()}
    return names.get(recorded.actor.user, recorded.actor.role)
