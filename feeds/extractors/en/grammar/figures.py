"""Figures that name what they count in any order of words, with place, period and publisher."""

import re
from decimal import Decimal

import msgspec

from feeds.extractors.en.grammar.attribution import quotations
from feeds.extractors.en.grammar.bearings import fields_of, period_near, spans_of
from feeds.extractors.en.grammar.counted_again import among, elliptical
from feeds.extractors.en.grammar.counts import BARE
from feeds.extractors.en.grammar.dates import When
from feeds.extractors.en.grammar.numbers import Quantity, quantities
from feeds.extractors.en.grammar.reading import At, Found, Line, Quote, Reading, origin
from feeds.extractors.en.grammar.sources import Source, source
from feeds.extractors.en.grammar.tallies import tally
from feeds.extractors.en.grammar.tally import (
    Tally,
    clause_end,
    is_of_field,
    last_migrants,
    last_people,
    of_people,
)
from feeds.extractors.en.grammar.whereabouts import whereabouts

# What is wanted, planned or allowed has not happened; these words may stand a clause away …
_UNREAL = re.compile(
    r"\b(?:could|would|might|(?-i:may)|will|shall|if|target\w*|limit\w*|quotas?|capacity|caps?|capped"
    r"|ceilings?|plan(?:s|ned|ning)?|propos\w+|goals?|(?:room|space|beds?|places)\s+for|up\s+to\s+\d[\d,.]*\s+a\s+year)\b",
    re.IGNORECASE,
)
# … these only in the clause itself.
_WISHED = re.compile(
    r"\b(?:hopes?|hoping|aims?|aiming|allow(?:s|ed|ing)?|let(?:s|ting)|pledged?|commit(?:s|ted|ting)?|offer\w*"
    r"|intend\w*|seek(?:s|ing)?\s+to|want\w*|threat\w*|agreed?\s+to|promis\w+|vow\w*|prepar\w+)\b",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"\b(?:could|would|might|(?-i:may)|will|shall|should|must|if|caps?|quotas?|ceilings?|limits?)\b",
    re.IGNORECASE,
)
_WILL = frozenset({"will", "could", "would", "may", "might"})
# "To resettle 9,000 refugees" is a purpose, "helped to resettle" is done.
_PURPOSE = re.compile(
    r"(?<!helped )(?<!help )(?<!managed )(?<!began )(?<!forced )(?<!continued )(?<!able )\bto\s+"
    r"(?!the\b|an?\b|date\b|have\b|number\b)(?:[a-z]+\s+){1,2}(?:another\s+|an\s+additional\s+|an\s+extra\s+)?$"
)
_FORESEEN = re.compile(
    r"\b(?:expect(?:s|ed|ing)?|forecasts?|project(?:s|ed|ion|ions)|predict(?:s|ed|ion|ions)?"
    r"|anticipat(?:es|ed|ing))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:false(?:ly)?|fake|untrue|rumou?rs?|no\s+evidence|denie[sd](?!\s+(?:entry|(?:\w+\s+)?visas?|asylum|admission|boarding|access|protection|refugee))|denying|debunk\w*|hoax)\b",
    re.IGNORECASE,
)
# "300 fewer than Chile" is a difference, "300 more migrants" is a count.
_DIFFERENCE = re.compile(
    r"\s+(?:(?:more|fewer|less|higher|lower)(?:(?:\s+[\w-]+){0,2}?\s+than\b|\s*[,.;])|(?:years?|months?|weeks?|days?"
    r"|hours?|minutes?|miles|kilomet\w+|km|feet|times|percent|euros?|dollars?|pounds?|yuan|troops|soldiers|votes?"
    r"|seats?|points?|jobs)\b)"
)
_NO_COUNT = re.compile(
    r"(?:\b(?:by|aged?|age|chapter|article|section|title|day|number|no\.|top|(?:group|boat|caravan|crowd|convoy|column)s?\s+(?:of|carrying|with)|these|those"
    r"|room|page|highway|route|flight|phase|proclamation|order|last|next|past|first)\s+|[$€£#])$",
    re.IGNORECASE,
)
# "45 percent of 900 migrants" counts neither; "85 percent of the 900 migrants" says how many they are.
_SHARE_OF = re.compile(
    r"(?:%|\b(?:percent|per\s+cent|half|thirds?|quarters?|out|one))\s+of\s+$", re.IGNORECASE
)
_WIDE = re.compile(
    r"\b(?:worldwide|globally|in\s+the\s+(?:world|region)|around\s+the\s+world|across\s+(?:the\s+)?(?:world|region"
    r"|borders)|Europe|EU|Africa|Latin\s+America|Mediterranean|Channel)\b"
)
_DEFINITE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_OF_WHOLE = re.compile(r"\bof\s+the\s+$", re.IGNORECASE)
_OCCASION = re.compile(
    r"\b(?:raids?|freed|liberated|single\s+(?:day|operation)|in\s+one\s+(?:day|operation)|capsized|sank|sunk"
    r"|overturned|shipwrecked|on\s+board|aboard)\b"
    r"|\b(?:an?|the|their|its|his|one)\s+(?:[\w-]+\s+){0,3}(?:boat|dinghy|ship|vessel|trawler|truck|lorry|van"
    r"|bus|raft|plane|flight|shipwreck|fire|blaze|crash|attack|clash|stampede|ring|network|gang)\b",
    re.IGNORECASE,
)
_AROUND = 400
"""Characters before a sentence that say what it is about."""
_FEWEST = 20
"""Fewer are the toll or the load of one occasion, whatever the words."""
_MANY = 5000
"""So many are no single occasion."""
_DAY = 10
"""Characters of a period that is one day."""


class Figure(msgspec.Struct, frozen=True):
    """A figure as found, with what the next one takes from it."""

    found: Found
    counted: Tally
    period: When | None


def tallied(reading: Reading, line: Line, taken: list[At], before: Figure | None) -> list[Figure]:
    """The figures of a sentence beside those that are read already; `before` is the last one of
    the sentence before."""
    text, start, end = reading.text, line.at.start, line.at.end
    numbers = quantities(text, start, end)
    if not numbers or text[end - 1] == "?" or _DENIED.search(text, start, end):
        return []
    found: list[Figure] = []
    last = None if before is None or _SOME_DAY.search(text, start, end) else before
    around = not line.at.item and (
        is_of_field(text, max(0, start - _AROUND), start)
        or is_of_field(text, 0, reading.item.body_start)
    )
    for quantity in numbers:
        if any(a < quantity.end and quantity.start < b for a, b in taken):
            continue
        counted = _counted(text, start, end, quantity, last.counted if last else None, around)
        if counted is None:
            continue
        figure = _figure(reading, line, counted, last)
        if figure:
            found.append(figure)
            last = figure
    return found


_SOME_DAY = re.compile(
    r"\b(?:[A-Z][a-z]+day|yesterday|today|overnight|this\s+(?:week|weekend|morning|month))\b"
)


def _counted(
    text: str, start: int, end: int, quantity: Quantity, last: Tally | None, around: bool
) -> Tally | None:
    if quantity.value is None and quantity.comparator != "range":
        return None
    before = text[max(start, quantity.start - 30) : quantity.start]
    if _NO_COUNT.search(before) or _SHARE_OF.search(before):
        return None
    definite = _DEFINITE.search(before) and not _OF_WHOLE.search(before)
    if _DIFFERENCE.match(text[quantity.end : quantity.end + 40]):
        return None
    if _is_year(quantity, text):
        return None
    counted = (
        tally(text, start, end, quantity, around)
        or among(text, quantity, last)
        or elliptical(text, start, quantity, last or (_spoken_of(text, start) if around else None))
    )
    if counted and quantity.cue is None and definite and not _is_participle(text, counted):
        return None
    if counted is None or not counted.metric or _is_unreal(text, start, end, counted):
        return None
    return counted


def _spoken_of(text: str, start: int) -> Tally | None:
    """Whom a bare number counts: those whom the sentences before it name last."""
    named = last_people(text, max(0, start - _AROUND), start)
    return of_people(*named) if named else None


def _is_participle(text: str, counted: Tally) -> bool:
    """ "The 600 refugees resettled since May" counts, "the 600 refugees" are known already."""
    between = text[counted.term_at[1] : counted.metric_at[0]]
    return counted.side == "after" and counted.metric != "migrants" and not between.strip()


def _is_unreal(text: str, start: int, end: int, counted: Tally) -> bool:
    at, stop = (
        counted.quantity.start,
        min(clause_end(text, counted.quantity.end, end), counted.end + 10),
    )
    low = max(start, at - 90)
    low = max(low, *(text.rfind(mark, low, at) for mark in (";", ":")))
    comma = max(low, text.rfind(",", low, at))
    # Whoever foresees says "will" and "could" of what is expected.
    foreseen = _FORESEEN.search(text, start, end) is not None
    return (
        any(not (foreseen and m[0].lower() in _WILL) for m in _UNREAL.finditer(text, low, at))
        or _WISHED.search(text, comma, at) is not None
        or any(
            not (foreseen and m[0].lower() in _WILL)
            for m in _MODAL.finditer(text, counted.quantity.end, stop)
        )
        or _PURPOSE.search(text, comma, at) is not None
    )


def _is_year(quantity: Quantity, text: str) -> bool:
    words = text[quantity.start : quantity.end]
    return re.fullmatch(r"(?:19|20)\d\d", words) is not None


def _figure(reading: Reading, line: Line, counted: Tally, last: Figure | None) -> Figure | None:
    text, quantity = reading.text, counted.quantity
    same = last is not None and counted.rule in ("tally-among", "tally-elliptical")
    period = period_near(reading, line, quantity, counted.end)
    if period is None and last is not None and same:
        period = last.period
    if not _sums_up(text, line, counted, period):
        return None
    # The body right before the deed, or before the deeds that are counted: "police made 900 arrests".
    thing = (quantity.start, quantity.end) if counted.rule == "tally-things" else None
    acting = counted.metric_at if counted.side == "before" else thing
    by = source(reading, line, quantity.start, acting)
    quoted = quotations(text, line.at.start, line.at.end)
    if by is None and any(q.start <= quantity.start < q.end for q in quoted):
        return None
    unnamed = last is not None and counted.rule == "tally-elliptical"
    low = max(line.at.start, last.counted.end) if last is not None and unnamed else line.at.start
    where = whereabouts(reading, line, counted, by, low)
    wide = _WIDE.search(text, line.at.start, line.at.end) is not None
    untold = Decimal(quantity.value or quantity.upper or "0") < _MANY or not counted.sums_up
    if untold and not (where or period or by or wide):
        return None
    foreseen = _FORESEEN.search(text, line.at.start, line.at.end) is not None
    if foreseen and by is None:
        return None
    counted = _named(text, line, counted)
    found = _found(reading, line, counted, period, by, where, foreseen)
    return Figure(found, counted, period)


def _sums_up(text: str, line: Line, counted: Tally, period: When | None) -> bool:
    """Whether a number is more than the toll or the load of one occasion."""
    number = Decimal(counted.quantity.value or counted.quantity.upper or "0")
    long = period is not None and len(period.edtf) != _DAY
    if counted.happening and number < _MANY and _OCCASION.search(text, line.at.start, line.at.end):
        return False
    toll = counted.happening or counted.rule == "tally-field"
    if toll and not long and number < _MANY and not counted.sums_up:
        return False
    return number >= _FEWEST or long


def _found(
    reading: Reading, line: Line, counted: Tally, period: When | None, by: Source | None,
    where: tuple[str, At] | None, foreseen: bool,
) -> Found:  # fmt: skip
    quantity, who = counted.quantity, counted.counterpart
    speech = by.speech if by else None
    fact, spans = fields_of(reading, line, quantity, period, speech)
    if by:
        fact["publisher"] = by.name
        spans["publisher"] = by.at
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
    missing = [where, period, by].count(None)
    return Found(
        "statistic-published", fact, (quantity.start, quantity.end),
        (Quote(line, origin(speech, "cites")),), spans, counted.rule,
        ("0.8", "0.75", "0.65", "0.5")[missing],
    )  # fmt: skip


def _named(text: str, line: Line, counted: Tally) -> Tally:
    """Mere "people" are those whom the text named last, in the sentence or before it."""
    if counted.term is None or counted.term.lower() not in BARE:
        return counted
    low = max(0, line.at.start - _AROUND)
    paragraph = max(low, text.rfind("\n", low, line.at.start))
    named = last_people(text, paragraph, counted.quantity.start)
    if named is None and not line.at.item:
        # A paragraph away only the word for people who move is theirs, and no nationality.
        named = last_migrants(text, low, counted.quantity.start)
    if named is None:
        return msgspec.structs.replace(counted, term=None)
    term, at, who = named
    return msgspec.structs.replace(counted, term=term, term_at=at, counterpart=who)
