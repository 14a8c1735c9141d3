"""The system's own trail: who took a copy of the log, what a view was rebuilt to, what was sent."""

from typing import ClassVar, Literal

from tracker.domain.base import Command, Event, Given, NewEvent, Past, Query, require
from tracker.domain.ids import derived
from tracker.domain.values import Sha256


class AuditRead(Event, frozen=True, kw_only=True):
    """Somebody exported the log up to a position, or all of the evidence; the actor says who.

    Payloads and evidence were limited to events with at least one of the tags in `only`, where it
    names any.
    """

    type: ClassVar[str] = "audit-read"

    what: Literal["bundle", "evidence"]
    until: int
    only: tuple[str, ...] = ()
    without_evidence: bool = False

    def headline(self, name: object) -> str:
        """What was taken, and how far."""
        within = f", of {', '.join(self.only)}" if self.only else ""
        return f"Exported: {self.what} up to position {self.until}{within}"


class ViewRebuilt(Event, frozen=True, kw_only=True):
    """A view was folded again from the first event; whoever folds it again gets this hash.

    `position` is the last event folded; `state_hash` is the SHA-256 over all of its rows in their
    canonical form and order.
    """

    type: ClassVar[str] = "view-rebuilt"

    view: str
    version: int
    position: int
    rows: int
    state_hash: Sha256
    code_version: str

    def headline(self, name: object) -> str:
        """Which view, and how far."""
        return f"Rebuilt: {self.view} version {self.version} up to position {self.position}"


class AlertsReported(Event, frozen=True, kw_only=True):
    """The attempts to deliver alerts of an hour, sealed: whoever has their table can hash it again.

    They are those numbered above `after`, up to and with `through`; `sha256` is over all of them
    in their canonical form and order. Each of `groups` is over the next `width` numbers, so that
    an attempt which was changed is found.
    """

    type: ClassVar[str] = "alerts-reported"

    after: int
    through: int
    count: int
    sha256: Sha256
    width: int
    groups: tuple[Sha256, ...]

    def headline(self, name: object) -> str:
        """How many, and up to which."""
        return f"Sealed: {self.count} attempts to deliver alerts, up to attempt {self.through}"


class ReportAlerts(Command, frozen=True, kw_only=True):
    """Put the hash of a part of the delivery log on record, once whoever tries."""

    report: AlertsReported

    def reads(self, past: Past) -> Query:
        """Nothing: it says what was found."""
        return Query()

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The report, under an id of where it begins: no attempt is in two of them."""
        report = self.report
        require(report.after < report.through, "through: is not above after", "through")
        return [NewEvent(derived("alerts-reported", str(report.after)), report)]


class RecordViewRebuilt(Command, frozen=True, kw_only=True):
    """Put on record what a view was rebuilt to."""

    rebuilt: ViewRebuilt

    def reads(self, past: Past) -> Query:
        """Nothing: it says what was found."""
        return Query()

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The record of it."""
        return [NewEvent(given.new_id(), self.rebuilt)]


class RecordAuditRead(Command, frozen=True, kw_only=True):
    """Put an export on record before it is made."""

    what: Literal["bundle", "evidence"]
    until: int
    only: tuple[str, ...] = ()
    without_evidence: bool = False

    def reads(self, past: Past) -> Query:
        """Nothing: an export is always allowed to whoever may run it."""
        return Query()

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The record of it; Refused for a tag that is none."""
        require(all(tag.strip() for tag in self.only), "tag: is empty", "tag")
        require(self.until >= 0, "until: is before the first position", "until")
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return [NewEvent(given.new_id(), AuditRead(**fields))]
