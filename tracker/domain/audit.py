"""Audit reads: who took a copy of the log, or of a part of it, is on record in the log."""

from typing import ClassVar, Literal

from tracker.domain.base import Command, Event, Given, NewEvent, Past, Query, require


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
