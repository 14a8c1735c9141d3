"""Snapshots of the Passport Index dataset: `Passport,Destination,Requirement`, a cell a line.

What a snapshot says of a cell becomes an observation that cites the line; only cells that changed
since the latest snapshot before it are observed again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from tracker.domain.base import NewEvent, Recorded
from tracker.domain.countries import COUNTRIES
from tracker.domain.document import DocumentReceived
from tracker.domain.errors import Refused
from tracker.domain.ids import derived
from tracker.domain.policy import EntryRule, PolicyObserved
from tracker.domain.values import Citation, Regime, instant, instant_text
from tracker.imports.entry import Entry, refusal

SOURCE = "passport-index"
PUBLISHER = "Passport Index dataset"
_HEADER = "Passport,Destination,Requirement"
_OWN_COUNTRY = "-1"
_CONTEXT = 32
_LINE = re.compile(r"[^\r\n]+")
REGIMES: dict[str, Regime] = {
    "visa free": "visa-free",
    "visa required": "visa-required",
    "visa on arrival": "visa-on-arrival",
    "e-visa": "e-visa",
    "eta": "eta",
    "covid ban": "entry-ban",
    "no admission": "entry-ban",
}


class Rule(NamedTuple):
    """What the dataset says of a cell, in our words."""

    regime: Regime
    max_stay_days: int | None = None


class Cell(NamedTuple):
    """One line of a snapshot that says something, with its place in the text."""

    line: int
    passport: str
    destination: str
    rule: Rule
    start: int
    end: int


class Snapshot(NamedTuple):
    """A file of the dataset, kept as a document, and the day on which it said so."""

    observed_on: str
    document: DocumentReceived
    text: str


def snapshot(
    text: str, observed_on: str, raw_sha256: str, text_sha256: str, publisher: str, url: str | None
) -> Snapshot:
    """The snapshot with its document, whose id is that of source and day."""
    document = DocumentReceived(
        document=str(derived(SOURCE, "document", observed_on)),
        raw_sha256=raw_sha256,
        text_sha256=text_sha256,
        url=url,
        title=f"{publisher}, {observed_on}",
        publisher=publisher,
        published_at=observed_on,
        published_basis="given",
    )
    return Snapshot(observed_on, document, text)


def cells(text: str) -> Iterator[Cell]:
    """The cells of a snapshot but for those of a country's own; Refused names line and reason."""
    seen: set[tuple[str, str]] = set()
    lines = enumerate(_LINE.finditer(text), start=1)
    first = next(lines, None)
    if first is None or first[1][0].removeprefix("\ufeff") != _HEADER:
        raise Refused(f"line 1: the header {_HEADER} is needed")
    for number, match in lines:
        place, parts = f"line {number}", match[0].split(",")
        if len(parts) != 3:
            raise Refused(f"{place}: has {len(parts)} fields where 3 are needed ({_HEADER})")
        passport, destination, requirement = (part.strip() for part in parts)
        for field, code in (("Passport", passport), ("Destination", destination)):
            if code not in COUNTRIES:
                raise refusal(place, field, f"{code!r} is not a country code (ISO 3166-1 alpha-2)")
        if (passport, destination) in seen:
            raise Refused(f"{place}: {passport} → {destination} stands in an earlier line too")
        seen.add((passport, destination))
        if requirement == _OWN_COUNTRY and passport == destination:
            continue
        rule = _rule(requirement, place)
        yield Cell(number, passport, destination, rule, match.start(), match.end())


def _rule(requirement: str, place: str) -> Rule:
    if requirement in REGIMES:
        return Rule(REGIMES[requirement])
    if requirement.isascii() and requirement.isdigit() and 0 < int(requirement) < 10_000:
        return Rule("visa-free", int(requirement))
    raise refusal(
        place,
        "Requirement",
        f"{requirement!r} is neither a number of days nor one of {', '.join(REGIMES)}",
    )


def observation_id(observed_on: str, passport: str, destination: str) -> UUID:
    """The id of what a snapshot says of a cell."""
    return derived(SOURCE, observed_on, passport, destination)


def said_before(past: Iterable[Recorded], observed_on: str) -> dict[tuple[str, str], Rule]:
    """What this source said last of each cell before a day.

    Raises Refused where it has spoken of a later day already: what changed cannot be told then.
    """
    said: dict[tuple[str, str], Rule] = {}
    for recorded in past:
        event = recorded.event
        if not isinstance(event, PolicyObserved) or not event.rule:
            continue
        passport, destination = event.rule.nationalities[0], event.jurisdiction
        if recorded.id != observation_id(event.observed_on, passport, destination):
            continue
        if event.observed_on > observed_on:
            raise Refused(
                f"observed-on: a snapshot of {event.observed_on} is in the log already, and one of"
                f" {observed_on} is older; import snapshots in the order of their days",
                field="observed-on",
            )
        if event.observed_on < observed_on:
            said[passport, destination] = Rule(event.rule.regime, event.rule.max_stay_days)
    return said


def entries(of: Snapshot, before: Mapping[tuple[str, str], Rule]) -> Iterator[Entry]:
    """The document, and an observation of each cell that differs from what was said before."""
    received = derived(SOURCE, "received", of.observed_on)
    yield Entry("the document", NewEvent(received, of.document))
    for cell in cells(of.text):
        if before.get((cell.passport, cell.destination)) != cell.rule:
            new = NewEvent(
                observation_id(of.observed_on, cell.passport, cell.destination),
                _observed(of, cell),
                received,
            )
            yield Entry(f"line {cell.line}", new)


def _observed(of: Snapshot, cell: Cell) -> PolicyObserved:
    """The observation as somebody would record it who cites the line."""
    citation = Citation(
        document=of.document.document,
        quote=of.text[cell.start : cell.end],
        url=of.document.url,
        start=cell.start,
        end=cell.end,
        prefix=of.text[max(0, cell.start - _CONTEXT) : cell.start],
        suffix=of.text[cell.end : cell.end + _CONTEXT],
    )
    return PolicyObserved(
        policy=str(derived(SOURCE, cell.passport, cell.destination)),
        jurisdiction=cell.destination,
        kind="entry",
        observed_on=of.observed_on,
        rule=EntryRule(
            nationalities=(cell.passport,),
            regime=cell.rule.regime,
            max_stay_days=cell.rule.max_stay_days,
        ),
        citations=(citation,),
        known_since=instant_text(instant(of.observed_on)),
    )
