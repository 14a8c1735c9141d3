"""What stands around a figure: who counted, for which period, and when it was published."""

import re
from typing import Any

from feeds.extractors.en.grammar.attribution import Speech, quotations
from feeds.extractors.en.grammar.dates import When
from feeds.extractors.en.grammar.numbers import Quantity
from feeds.extractors.en.grammar.occasions import occasion
from feeds.extractors.en.grammar.periods import periods
from feeds.extractors.en.grammar.reading import At, Line, Reading

_CLAUSE_ENDS = re.compile(r";|,\s+(?:but|while|whereas|and|of\s+which|compared)\b|\s[-–—]{1,2}\s")
_ANNOUNCES = re.compile(r"\b(?:announced|said|reported|published|released|showed|revealed)\b")
TAIL = re.compile(
    r"[\s,]*(?:(?:on|late|early|last)\s+)*(?:[A-Z][a-z]+day|week|month|yesterday|today)?[\s,]*"
    r"(?:in\s+(?:a|its|their|his|her)\s+(?:[a-z]+\s+)?(?:statement|report|release|tweet|briefing))?"
    r"(?:to\s+reporters)?[.\s]*"
)
"""What may stand behind an attribution that closes its sentence."""
_HEAD = 10
"""Characters within which a period still opens its sentence."""


def clause_start(text: str, start: int, at: int) -> int:
    return max((m.end() for m in _CLAUSE_ENDS.finditer(text, start, at)), default=start)


def clause_end(text: str, at: int, end: int) -> int:
    match = _CLAUSE_ENDS.search(text, at, end)
    return match.start() if match else end


def fields_of(
    reading: Reading, line: Line, quantity: Quantity, period: When | None, speech: Speech | None
) -> tuple[dict[str, Any], dict[str, At]]:
    published = published_on(reading, line, period) if speech else None
    publisher = speech.agent.organisation or speech.agent.name if speech else None
    number = (quantity.start, quantity.end)
    fact: dict[str, Any] = {
        "comparator": quantity.comparator,
        "value": quantity.value,
        "lower": quantity.lower,
        "upper": quantity.upper,
        "cue": quantity.cue,
        "period": period.edtf if period else None,
        "basis": period.basis if period else None,
        "publisher": publisher,
        "published_on": published.edtf if published else None,
    }
    spans = spans_of(
        value=number,
        lower=number,
        upper=number,
        comparator=number,
        period=(period.start, period.end) if period else None,
        publisher=(speech.mention.start, speech.mention.end) if speech else None,
        published_on=(published.start, published.end) if published else None,
    )
    return fact, spans


def published_on(reading: Reading, line: Line, period: When | None) -> When | None:
    """The day in "according to a statement on June 18", unless it belongs to the period."""
    quoted = quotations(reading.text, line.at.start, line.at.end)
    day = occasion(reading.text, line.at, quoted, reading.today).said_on
    if day is None or len(day.edtf) != len("2024-06-18"):
        return None
    return None if period and period.start <= day.start < period.end else day


def spans_of(**at: At | None) -> dict[str, At]:
    return {name: span for name, span in at.items() if span is not None}


def source_of(text: str, line: Line, at: int) -> Speech | None:
    """Who is said to have counted: "according to" anywhere, else whoever reports before the
    figure or, as in "…, the ministry said.", at the end of the sentence."""
    cited = [s for s in line.speeches if " " in s.verb or s.verb in ("citing", "cited")]
    before = [s for s in line.speeches if s.end <= at]
    closing = [
        s for s in line.speeches if s.start > at and TAIL.fullmatch(text, s.end, line.at.end)
    ]
    return (cited or before or closing or [None])[-1]


def period_near(reading: Reading, line: Line, quantity: Quantity, end: int) -> When | None:
    """The period after the figure in its clause, else the one that opens the sentence."""
    text, today = reading.text, reading.today
    after = periods(text, quantity.end, clause_end(text, end, line.at.end), today)
    before = periods(text, line.at.start, quantity.start, today)
    clause = clause_start(text, line.at.start, quantity.start)
    before = [w for w in before if w.start >= clause or w.start - line.at.start <= _HEAD]
    # "In January, X announced that …" dates the announcement.
    opening = [w for w in before if not _ANNOUNCES.search(text, w.end, quantity.start)]
    announced = next((w for w in before if w not in opening), None)
    chosen = next(iter(after), None) or (opening[-1] if opening else None)
    if chosen and announced and chosen.edtf.endswith("~") and "-" in announced.edtf:
        # "In January … announced … since October": counted until it was announced.
        since = chosen.edtf.partition("/")[0]
        if since <= announced.edtf and "/" not in announced.edtf:
            return When(f"{since}/{announced.edtf}", chosen.start, chosen.end, chosen.basis)
    return chosen
