"""Why an alert is owed, and the alert that is."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from projections.regimes import Cell
from projections.views.entry_rules import EntryFact
from tracker.domain.correction import FactCorrected, FactRetracted
from tracker.domain.policy import PolicyChanged, PolicyObserved, PolicyRejected

Ruling = PolicyChanged | PolicyObserved | PolicyRejected
"""The events that state an entry rule or put it aside."""
Correcting = FactCorrected | FactRetracted
"""The events that take back what was stated."""
UNDONE = "a person has just accepted it, and may still undo that"
"""Why an alert is held that is sent as soon as the time for an undo is over."""
ReasonKind = Literal["change", "unannounced", "correction", "fact", "reminder", "draft", "conflict"]


class Rules(msgspec.Struct, frozen=True):
    """The versions of facts that an event opens or ends, and all that bear on the same keys.

    `compared` is false where the view stands still, and then no facts are known.
    """

    touched: tuple[EntryFact, ...] = ()
    facts: tuple[EntryFact, ...] = ()
    compared: bool = True


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Why an alert is owed: a key with what it was and becomes, or the mere fact."""

    kind: ReasonKind
    key: Cell | None = None
    via: str | None = None
    """The group, or `*`, that the event names instead of the nationality watched."""
    before: str | None = None
    after: str | None = None
    max_stay_before: int | None = None
    max_stay_after: int | None = None
    on: str | None = None
    """The first day of what it becomes (EDTF); absent where no date is known."""
    announced_on: str | None = None
    days_of_notice: int | None = None
    direction: str | None = None
    severity: int | None = None
    compared: bool = True
    """False where the view stood still: nobody could tell whether this is news."""
    text: str | None = None
    """What there is to say where it is no change of a key: a conflict, a draft that waits."""


class Matched(msgspec.Struct, frozen=True, gc=False):
    """All reasons of one alert."""

    reasons: tuple[Reason, ...]

    @property
    def severity(self) -> int:
        """The most severe of them; 0 where none is weighed."""
        return max((r.severity or 0 for r in self.reasons), default=0)


class Earlier(msgspec.Struct, frozen=True):
    """An alert that was owed before about the same fact; one that is held was not sent yet."""

    id: UUID
    subscription: str
    about: UUID
    held: bool


class Owed(msgspec.Struct, frozen=True, gc=False):
    """One alert for one subscription because of one event."""

    id: UUID
    subscription: str
    event: UUID
    position: int
    channel: str
    matched: Matched
    kind: Literal["alert", "update", "cancel", "reminder"] = "alert"
    refers: tuple[UUID, ...] = ()
    about: UUID | None = None
    """The fact or draft that it is about where that is not the event."""
    held_until: datetime | None = None
    """Until when it is not sent; the reason stands beside it."""
    held_because: str | None = None
    dropped: str | None = None
    """Why it is never sent."""
