"""A fact, what is said of it later, and how that is decided."""

from collections.abc import Callable
from typing import Any

import msgspec

from tests.tracker.domain.telling import DOCUMENT, given, past, received, uid
from tracker.domain.base import Command, Event, NewEvent, Recorded
from tracker.domain.correcting import CorrectFact
from tracker.domain.correction import FactCorrected, FactRetracted, Reason, ReasonCode
from tracker.domain.fact import Fact
from tracker.domain.policy import EntryRule, PolicyChanged
from tracker.domain.values import Citation

POLICY, FACT, LATER = uid(7), uid(1001), uid(0x1A7E)
TYPING = Reason("transcription", " typed wrong ")
OLD, NEW = Citation(document=DOCUMENT, quote="Ecuador suspends"), Citation(LATER, "Ecuador acts")
RETRACTED = FactRetracted(target=FACT, target_position=1, reason=TYPING)
RULE = EntryRule(nationalities=("CN",), regime="visa-free")
DOCUMENTS = (
    received(published_at="2024-05-01T00:00:00Z"),
    received(document=LATER, published_at="2024-06-01T00:00:00Z"),
)


def change(**more: Any) -> PolicyChanged:
    """A change of policy, of Ecuador's rule for Chinese passports unless said otherwise."""
    fields: dict[str, Any] = {
        "jurisdiction": "EC",
        "kind": "entry",
        "policy": POLICY,
        "action": "introduced",
        "effective_basis": "stated",
        "effective_from": "2024-07-01",
        "first_hand": "told",
        "rule": RULE,
    }
    return PolicyChanged(**{**fields, **more})


def because(code: ReasonCode) -> Reason:
    """A reason of a kind."""
    return Reason(code, "why")


def told(make: Callable[[Recorded], Command], *events: Event) -> list[NewEvent]:
    """What a command about the first event makes of what happened, of which it reads its part."""
    log = past(*events)
    command = make(log[0]).normal()
    items = command.reads(()).items
    known = [r for r in log if any(set(item.tags) <= set(r.tags) for item in items)]
    return command.decide(known, given())


def corrected(
    replacement: Fact, *events: Event, reason: Reason = TYPING, seen: int | None = None
) -> FactCorrected:
    """What correcting the first event leads to."""
    made = told(
        lambda target: CorrectFact(
            target=target, replacement=replacement, reason=reason, seen=seen
        ),
        *events,
    )[-1].event
    assert isinstance(made, FactCorrected)
    return made


def earlier(replacement: Fact) -> FactCorrected:
    """A correction of the first event that is in the log already."""
    return corrected(replacement, change())


def fact_of(said: FactCorrected) -> PolicyChanged:
    """The fact of a correction."""
    return msgspec.convert(said.fact, PolicyChanged)
