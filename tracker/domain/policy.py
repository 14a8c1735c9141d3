"""Policies: changes, proposals, observations and rejections, entry rules among them."""

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

import msgspec

from tracker.domain import edtf
from tracker.domain.base import Event, Facets, Given, Past, Query, require, tagged
from tracker.domain.countries import COUNTRIES, country_name
from tracker.domain.errors import NotFound
from tracker.domain.fact import Fact
from tracker.domain.groups import LEGISLATORS, bound
from tracker.domain.values import (
    Day,
    Edtf,
    Id,
    Jurisdiction,
    Nationality,
    PassportType,
    Purpose,
    Regime,
    regime_words,
)  # fmt: skip

Kind = Literal["entry", "exit", "enforcement", "health", "other"]
Action = Literal[
    "introduced", "amended", "suspended", "reinstated", "extended", "postponed", "withdrawn",
    "repealed",
]  # fmt: skip


Direction = Literal["tighter", "looser", "neutral", "unclear"]
Severity = Literal[1, 2, 3, 4, 5]
"""From 1, hardly anybody notices, to 5, nobody of a nationality may enter any more."""

_REPLACEABLE = ["type:policy-changed", "type:policy-observed", "type:policy-proposed"]
_MOST_NATIONALITIES = 1000  # there are 250 codes and a handful of groups
_TYPES = {"policy-changed", "policy-observed", "policy-proposed", "policy-rejected"}


class EntryRule(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """Whom an entry policy concerns and what it makes of them.

    The destination is the policy's jurisdiction. `nationalities` are country codes, group names
    or `*`. A `category` rule concerns only some people of a nationality (`category` says whom) and
    never sets the regime of the whole.
    """

    nationalities: tuple[Nationality, ...]
    regime: Regime
    passport_type: PassportType | None = None
    purpose: Purpose | None = None
    max_stay_days: int | None = None
    category: str | None = None


class PolicyFact(Fact, frozen=True, kw_only=True):
    """What every policy event states."""

    noun: ClassVar[str] = ""
    keeps: ClassVar[tuple[str, ...]] = ("policy",)

    jurisdiction: Jurisdiction
    """A country, or a union whose acts bind its members; entry rules are those of a country."""
    kind: Kind
    policy: Id | None = None
    title: str | None = None
    issuer: str | None = None
    instrument: str | None = None
    announced_on: Edtf | None = None
    effective_from: Edtf | None = None
    effective_to: Edtf | None = None
    replaces: tuple[Id, ...] = ()
    rule: EntryRule | None = None
    direction: Direction | None = None
    """Said only where an analyst overrides what follows from before and after."""
    severity: Severity | None = None
    """As for `direction`."""
    override_reason: str | None = None

    @classmethod
    def completed(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """An entry rule makes a policy one of entry."""
        return {"kind": "entry", **fields} if fields.get("rule") else fields

    def tags(self) -> tuple[str, ...]:
        """The policy, and the destination of an entry rule."""
        rule = (f"rule:{self.jurisdiction}",) if self.rule else ()
        return (f"policy:{self.policy}", *rule)

    def facets(self) -> Facets:
        """The jurisdiction, the people concerned, and when it was announced or took effect."""
        who = self.rule.nationalities if self.rule else ()
        where = bound(self.jurisdiction, self.effective_from, self.announced_on)
        return Facets(
            countries=tuple(dict.fromkeys((*where, *filter(COUNTRIES.__contains__, who)))),
            destination=self.jurisdiction if self.rule else None,
            nationalities=who,
            policy=self.policy,
            documents=self.cited(),
            occurred=self.happened(),
        )

    def happened(self) -> str | None:
        """When somebody did or said it (EDTF)."""
        return self.announced_on or self.effective_from

    def counts_from(self) -> str | None:
        """The day from which on it counts, as its source gave it (EDTF)."""
        return self.effective_from

    def needs(self) -> Query:
        """The policy named, and for `replaces` the rules of the destination."""
        tags = [f"policy:{self.policy}"] if self.policy else []
        if self.replaces:
            tags += _REPLACEABLE
        return tagged(*tags)

    def settle(self, past: Past, given: Given) -> Self:
        """A policy id where none was given; Refused where dates or references are wrong."""
        start, end = edtf.lower(self.effective_from), edtf.upper(self.effective_to)
        require(
            start is None or end is None or start <= end,
            f"effective_to: {self.effective_to} is before effective_from {self.effective_from}",
            "effective_to",
        )
        require(
            self.rule is None or self.kind == "entry",
            f"rule: only a policy of kind entry has one, this is {self.kind}",
            "rule",
        )
        require(
            self.rule is None or self.jurisdiction not in LEGISLATORS,
            f"rule: name the country whose rule it is, not {self.jurisdiction}",
            "rule",
        )
        require(
            (self.direction is None and self.severity is None)
            or (self.override_reason or "").strip(),
            "override_reason: say why direction or severity is not what follows from the change",
            "override_reason",
        )
        if self.rule:
            require(
                0 < len(self.rule.nationalities) <= _MOST_NATIONALITIES,
                f"rule.nationalities: name at least one, or *, and at most {_MOST_NATIONALITIES}",
                "rule.nationalities",
            )
            stay = self.rule.max_stay_days
            require(
                stay is None or stay > 0,
                "rule.max_stay_days: must be above zero",
                "rule.max_stay_days",
            )
        # Corrections and reminders carry the tag of the policy too, but are none of its events.
        known = {str(r.id) for r in past if r.type in _TYPES}
        for i, target in enumerate(self.replaces):
            if target not in known:
                raise NotFound(
                    f"replaces[{i}]: no policy event {target} is in the log",
                    field=f"replaces[{i}]",
                )
        if self.policy is None:
            return msgspec.structs.replace(self, policy=str(given.new_id()))
        if not any(f"policy:{self.policy}" in r.tags for r in past):
            raise NotFound(f"policy: no policy {self.policy} is in the log", field="policy")
        return self

    def subject(self) -> str:
        """Whose entry where, for headlines."""
        place = country_name(self.jurisdiction)
        if self.rule is None:
            return f"{place}: {self.title or self.kind}"
        who = ["everybody" if n == "*" else country_name(n) for n in self.rule.nationalities]
        part = f" ({self.rule.category})" if self.rule.category else ""
        return f"{place}, for {', '.join(who)}{part}: {regime_words(self.rule.regime)}"


class PolicyChanged(PolicyFact, frozen=True, kw_only=True):
    """A policy was introduced, amended, suspended … ; also "in place since X"."""

    type: ClassVar[str] = "policy-changed"
    noun: ClassVar[str] = "policy"

    action: Action
    effective_basis: Literal["stated", "immediate", "unknown"]

    @classmethod
    def completed(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Also: a date that is given is stated, one that is not is unknown."""
        basis = "stated" if fields.get("effective_from") else "unknown"
        return {"effective_basis": basis, **super().completed(fields)}

    def settle(self, past: Past, given: Given) -> Self:
        """Also: the basis of the effective date must fit the dates given."""
        basis = self.effective_basis
        require(
            basis != "stated" or self.effective_from,
            "effective_from: is missing although effective_basis is stated",
            "effective_from",
        )
        require(
            basis != "immediate" or self.announced_on,
            "announced_on: is missing although effective_basis is immediate",
            "announced_on",
        )
        require(
            basis != "unknown" or not self.effective_from,
            "effective_basis: is unknown although effective_from is given",
            "effective_basis",
        )
        return super().settle(past, given)

    def counts_from(self) -> str | None:
        """Also: at once is from its announcement."""
        return self.announced_on if self.effective_basis == "immediate" else self.effective_from

    def headline(self, name: Callable[[str], str]) -> str:
        """Who, whom, what and when."""
        start = self.effective_from or ("at once" if self.effective_basis == "immediate" else "")
        when = f" from {start}" if start and start != "at once" else f" {start}".rstrip()
        return f"{self.action.capitalize()}: {self.subject()}{when}"


class PolicyObserved(PolicyFact, frozen=True, kw_only=True):
    """A third party describes a state and asserts no change."""

    type: ClassVar[str] = "policy-observed"
    noun: ClassVar[str] = "observation"

    observed_on: Day

    def headline(self, name: Callable[[str], str]) -> str:
        """The state described and the day."""
        return f"Observed on {self.observed_on}: {self.subject()}"

    def counts_from(self) -> str | None:
        """It is known of that day alone."""
        return self.observed_on

    def happened(self) -> str | None:
        """It is dated by the observation."""
        return self.observed_on


class PolicyProposed(PolicyFact, frozen=True, kw_only=True):
    """A policy was proposed; it decides nothing until it is adopted."""

    type: ClassVar[str] = "policy-proposed"
    noun: ClassVar[str] = "proposal"

    def headline(self, name: Callable[[str], str]) -> str:
        """What is proposed."""
        return f"Proposed: {self.subject()}"


class PolicyRejected(PolicyFact, frozen=True, kw_only=True):
    """A proposal failed, or an analyst set an observation aside; `replaces` names which."""

    type: ClassVar[str] = "policy-rejected"
    noun: ClassVar[str] = "rejection"

    def headline(self, name: Callable[[str], str]) -> str:
        """What was rejected."""
        return f"Rejected: {self.subject()}"


class EffectiveDateReached(Event, frozen=True, kw_only=True):
    """The day came on which a change takes effect; no source is claimed, a date passed."""

    type: ClassVar[str] = "effective-date-reached"

    change: Id
    day: Day
    """In the capital of the jurisdiction."""
    policy: Id
    jurisdiction: Jurisdiction
    rule: bool = False
    """Whether the change is one of an entry rule."""

    def tags(self) -> tuple[str, ...]:
        """The change, its policy, and the destination of an entry rule."""
        rule = (f"rule:{self.jurisdiction}",) if self.rule else ()
        return (f"target:{self.change}", f"policy:{self.policy}", *rule)

    def facets(self) -> Facets:
        """The jurisdiction, the policy and the day."""
        return Facets(
            countries=bound(self.jurisdiction, self.day),
            destination=self.jurisdiction if self.rule else None,
            policy=self.policy,
            occurred=self.day,
        )

    def headline(self, name: object) -> str:
        """What day it is, and where."""
        return f"In effect from {self.day}: {country_name(self.jurisdiction)}"
