"""Positions: who holds which office, from when to when."""

from collections.abc import Callable
from typing import ClassVar, Self

import msgspec

from tracker.domain import edtf, party
from tracker.domain.base import Facets, Given, Past, require
from tracker.domain.fact import Fact
from tracker.domain.values import Country, Edtf, Party


class PositionAnnounced(Fact, frozen=True, kw_only=True):
    """A person takes, holds or leaves an office (Popolo membership)."""

    type: ClassVar[str] = "position-announced"
    noun: ClassVar[str] = "position"
    parties: ClassVar[dict[str, party.Kind]] = {"person": "person", "organisation": "organisation"}

    person: Party
    office: str
    organisation: Party | None = None
    country: Country | None = None
    start: Edtf | None = msgspec.field(default=None, name="from")
    end: Edtf | None = msgspec.field(default=None, name="to")

    def settle(self, past: Past, given: Given) -> Self:
        """The fact as it is; Refused where it ends before it begins."""
        require(self.office.strip(), "office: is empty", "office")
        first, last = edtf.lower(self.start), edtf.upper(self.end)
        require(
            first is None or last is None or first <= last,
            f"to: {self.end} is before from {self.start}",
            "to",
        )
        return self

    def facets(self) -> Facets:
        """The person, the body, its country and the beginning."""
        return Facets(
            countries=(self.country,) if self.country else (),
            parties=tuple(filter(None, (self.person, self.organisation))),
            documents=self.cited(),
            occurred=self.start or self.end,
        )

    def headline(self, name: Callable[[str], str]) -> str:
        """Who, what and when."""
        where = f", {name(self.organisation)}" if self.organisation else ""
        span = f" ({self.start or '…'} to {self.end or '…'})" if self.start or self.end else ""
        return f"{name(self.person)}: {self.office}{where}{span}"
