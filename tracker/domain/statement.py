"""Statements: who said what, when, where and in which role."""

from collections.abc import Callable
from typing import ClassVar, Literal

from tracker.domain import party
from tracker.domain.base import Facets
from tracker.domain.fact import Fact
from tracker.domain.values import Country, Edtf, Id, Language, Party


class StatementMade(Fact, frozen=True, kw_only=True):
    """A quotation (schema.org) with the speaker's role at the time (Popolo)."""

    type: ClassVar[str] = "statement-made"
    noun: ClassVar[str] = "statement"
    parties: ClassVar[dict[str, party.Kind]] = {
        "speaker": "person",
        "organisation": "organisation",
        "on_behalf_of": "organisation",
    }

    speaker: Party
    text: str
    verbatim: Literal["verbatim", "paraphrase"]
    role: str | None = None
    organisation: Party | None = None
    on_behalf_of: Party | None = None
    country: Country | None = None
    said_on: Edtf | None = None
    medium: str | None = None
    place: str | None = None
    language: Language | None = None
    about: tuple[Id, ...] = ()

    def facets(self) -> Facets:
        """The people and bodies that speak, and their country."""
        spoken = (self.speaker, self.organisation, self.on_behalf_of)
        return Facets(
            countries=(self.country,) if self.country else (),
            parties=tuple(filter(None, spoken)),
            documents=self.cited(),
            occurred=self.said_on,
        )

    def headline(self, name: Callable[[str], str]) -> str:
        """Speaker and words."""
        words = self.text if len(self.text) <= 140 else f"{self.text[:139]}…"
        said = f"“{words}”" if self.verbatim == "verbatim" else words
        return f"{name(self.speaker)}: {said}"
