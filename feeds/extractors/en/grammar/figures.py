"""Figures that name what they count in any order of words, with place, period and publisher."""

import re
from decimal import Decimal

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.agents import Mention, introduced
from feeds.extractors.en.grammar.attribution import Speech, quotations
from feeds.extractors.en.grammar.bearings import (
    fields_of,
    period_near,
    source_of,
    spans_of,
)
from feeds.extractors.en.grammar.numbers import Quantity, quantities
from feeds.extractors.en.grammar.reading import At, Found, Line, Quote, Reading, origin
from feeds.extractors.en.grammar.tallies import (
    Tally,
    among,
    clause_end,
    elliptical,
    is_of_field,
    last_people,
    tally,
)

_UNREAL = re.compile(
    r"\b(?:could|would|might|(?-i:may)|will|shall|if|hopes?|aims?"
    r"|aiming|target\w*|limit\w*|quotas?|capacity|caps?|capped|ceilings?|plan(?:s|ned|ning)?|propos\w+"
    r"|allow(?:s|ed|ing)?|goals?|pledged?|commit(?:s|ted|ting)?|offer\w*|up\s+to\s+\d[\d,.]*\s+a\s+year"
    r"|intend\w*|seek(?:s|ing)?\s+to|want\w*|threat\w*)\b",
    re.IGNORECASE,
)
_FORESEEN = re.compile(
    r"\b(?:expect(?:s|ed|ing)?|forecasts?|project(?:s|ed|ion|ions)|predict(?:s|ed|ion|ions)?"
    r"|anticipat(?:es|ed|ing))\b",
    re.IGNORECASE,
)
# What somebody's own counts say: "State Department figures reveal".
_COUNTED_BY = re.compile(r"\s+(?:figures|data|statistics|numbers|records|estimates|report)\b")
_DENIED = re.compile(
    r"\b(?:false(?:ly)?|fake|untrue|rumou?rs?|no\s+evidence|denie[sd]|denying|debunk\w*|hoax)\b",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    r"^\s+(?:more|fewer|less|higher|lower|years?|months?|weeks?|days?|hours?|minutes?|miles|kilomet\w+"
    r"|km|feet|times|percent|euros?|dollars?|pounds?|yuan|troops|soldiers|votes?|seats?|points?|jobs)\b"
    r"(?:\s+than\b)?"
)
_NO_COUNT = re.compile(
    r"(?:\b(?:by|aged?|age|chapter|article|section|title|day|number|no\.|top|(?:group|boat|caravan|crowd|convoy|column)s?\s+(?:of|carrying|with)|the|these|those"
    r"|room|page|highway|route|flight|phase|proclamation|order|last|next|past|first)\s+|[$€£#])$",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"\b(?:in|into|to|at|across|inside|within|through|on|via|reach(?:ed|ing)?|enter(?:ed|ing)?"
    r"|left|leaving)\s+(?:the\s+)?(?:[a-z]+(?:ern)?\s+)?(?:border\s+(?:of|with)\s+)?$"
)
_RAID = re.compile(
    r"\b(?:raids?|freed|liberated|single\s+(?:day|operation)|in\s+one\s+(?:day|operation))\b"
)
_BARE = frozenset({"people", "persons", "individuals"})
_AROUND = 400
"""Characters before a sentence that say what it is about."""
_FROM = re.compile(r"\bfrom\s+(?:the\s+)?$")
_LEAVES = frozenset({"removals", "border-exits", "displaced-persons", "evacuations"})
"""Where people went away from is the place of these counts."""
_FEWEST = 20
"""Fewer are the toll or the load of one occasion, whatever the words."""
_MANY = 5000
"""So many are no single occasion."""
_DAY = 10


def tallied(reading: Reading, line: Line, taken: list[At]) -> list[Found]:
    """The figures of a sentence beside those that are read already."""
    text, start, end = reading.text, line.at.start, line.at.end
    if _DENIED.search(text, start, end):
        return []
    found: list[Found] = []
    last: Tally | None = None
    around = not line.at.item and (
        is_of_field(text, max(0, start - _AROUND), start)
        or is_of_field(text, 0, reading.item.body_start)
    )
    for quantity in quantities(text, start, end):
        if any(a < quantity.end and quantity.start < b for a, b in taken):
            continue
        counted = _counted(text, start, end, quantity, last, around)
        if counted is None:
            continue
        figure = _figure(reading, line, counted)
        if figure:
            found.append(figure)
            last = counted
    return found


def _counted(
    text: str, start: int, end: int, quantity: Quantity, last: Tally | None, around: bool
) -> Tally | None:
    if quantity.value is None and quantity.comparator != "range":
        return None
    if _NO_COUNT.search(text, max(start, quantity.start - 20), quantity.start):
        return None
    if _DIFFERENCE.match(text[quantity.end : quantity.end + 40]):
        return None
    if _is_year(quantity, text):
        return None
    counted = (
        tally(text, start, end, quantity, around)
        or among(text, quantity, last)
        or elliptical(text, start, quantity, last)
    )
    if counted is None:
        return None
    low = max(start, quantity.start - 90)
    semi = max(text.rfind(mark, low, quantity.start) for mark in (";", ":"))
    low = max(low, semi)
    if not counted.metric or _RAID.search(text, start, end):
        return None
    if _UNREAL.search(text, low, min(clause_end(text, quantity.end, end), counted.end + 20)):
        return None
    return counted


def _is_year(quantity: Quantity, text: str) -> bool:
    words = text[quantity.start : quantity.end]
    return re.fullmatch(r"(?:19|20)\d\d", words) is not None


def _figure(reading: Reading, line: Line, counted: Tally) -> Found | None:
    text = reading.text
    quantity = counted.quantity
    number = Decimal(quantity.value or quantity.upper or "0")
    period = period_near(reading, line, quantity, counted.end)
    long = period is not None and len(period.edtf) != _DAY
    toll = counted.happening or counted.rule == "tally-field"
    if toll and not long and number < _MANY and not counted.sums_up:
        return None
    if number < _FEWEST and not long:
        return None
    quoted = quotations(text, line.at.start, line.at.end)
    speech = source_of(line, quantity.start)
    if any(q.start <= quantity.start < q.end for q in quoted) and speech is None:
        return None
    where = _where(text, line, counted, speech)
    publisher = None
    if speech is None:
        publisher = _body(text, line, counted)
        if where is None and publisher and publisher.agent.country:
            where = publisher.agent.country, (publisher.start, publisher.end)
    told = [where, period, speech, publisher]
    if not any(told) and not (counted.sums_up and counted.metric != "migrants"):
        return None
    counted = _named(text, line, counted)
    who = counted.counterpart
    foreseen = _FORESEEN.search(text, line.at.start, line.at.end) is not None
    if foreseen and speech is None and publisher is None:
        return None
    fact, spans = fields_of(reading, line, quantity, period, speech)
    if publisher:
        fact["publisher"] = publisher.agent.organisation or publisher.agent.name
        spans["publisher"] = (publisher.start, publisher.end)
    fact |= {
        "metric": counted.metric,
        "geography": where[0] if where else None,
        "counterpart": who.code if who else None,
        "population_term": counted.term,
    }
    if foreseen:
        fact["basis"] = "forecast"
    spans |= {"metric": counted.metric_at, **spans_of(
        geography=where[1] if where else None,
        counterpart=(who.start, who.end) if who else None,
        population_term=counted.term_at,
    )}  # fmt: skip
    missing = [where, period, speech or publisher].count(None)
    return Found(
        "statistic-published", fact, (quantity.start, quantity.end),
        (Quote(line, origin(speech, "cites")),), spans, counted.rule,
        ("0.8", "0.75", "0.65", "0.5")[missing],
    )  # fmt: skip


def _where(text: str, line: Line, counted: Tally, speech: Speech | None) -> tuple[str, At] | None:
    """The country behind a preposition, nearest after the figure, else the subject before it."""
    stop = clause_end(text, counted.quantity.end, line.at.end)
    named = [p for p in places.places(text, line.at.start, line.at.end)
             if p.is_country and not (speech and speech.start <= p.start < speech.end)
             and not counted.term_at[0] <= p.start < counted.term_at[1]]  # fmt: skip
    placed = [p for p in named if p.kind == "name"
              and _leads_to(text, max(line.at.start, p.start - 45), p.start, counted)]  # fmt: skip
    after = [p for p in placed if counted.quantity.end <= p.start < stop]
    before = [p for p in named if p.end <= counted.quantity.start
              and not _FROM.search(text, max(line.at.start, p.start - 10), p.start)]  # fmt: skip
    chosen = (
        next(iter(after), None)
        or next((p for p in placed if p.end <= counted.quantity.start), None)
        or (before[-1] if before else None)
    )
    if chosen:
        return chosen.code, (chosen.start, chosen.end)
    if speech and speech.agent.official and speech.agent.country:
        return speech.agent.country, (speech.mention.start, speech.mention.end)
    return None


def _named(text: str, line: Line, counted: Tally) -> Tally:
    """Mere "people" are those whom the text named last, in the sentence or just before it."""
    if counted.term.lower() not in _BARE:
        return counted
    low = max(0, line.at.start - _AROUND)
    if (cut := text.rfind("\n", low, line.at.start)) >= 0:
        low = cut
    named = last_people(text, low, counted.quantity.start)
    if named is None:
        return counted
    term, at, who = named
    return msgspec.structs.replace(counted, term=term, term_at=at, counterpart=who)


def _leads_to(text: str, low: int, at: int, counted: Tally) -> bool:
    if counted.metric in _LEAVES and _FROM.search(text, low, at):
        return True
    return _PLACED.search(text, low, at) is not None


def _body(text: str, line: Line, counted: Tally) -> Mention | None:
    """The public body that tells of its own acts: "Chile's police deported 400 people"."""
    bodies = introduced(text, line.at.start, line.at.end)
    for body in bodies:
        counts = _COUNTED_BY.match(text, body.end) is not None
        if body.agent.kind == "body" and (counts or body.end <= counted.quantity.start):
            return body
    return None
