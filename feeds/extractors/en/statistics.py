"""Statistics: a counted number of people with what they did, where, when and who counted."""

import re
from typing import Any

import msgspec

from feeds.extractor import Extractor
from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.attribution import Speech, quotations
from feeds.extractors.en.grammar.bearings import (
    clause_end,
    clause_start,
    fields_of,
    period_near,
    source_of,
    spans_of,
)
from feeds.extractors.en.grammar.counts import BARE, FOLLOWED, Count, counts
from feeds.extractors.en.grammar.dates import When
from feeds.extractors.en.grammar.figures import Figure, tallied
from feeds.extractors.en.grammar.numbers import Quantity, quantities
from feeds.extractors.en.grammar.periods import periods
from feeds.extractors.en.grammar.reading import (
    At,
    Found,
    Line,
    Quote,
    Reading,
    origin,
    proposals,
    read,
)
from feeds.items import RawItem
from tracker.domain.draft import DraftProposed

_UNREAL = re.compile(
    r"\b(?:could|would|might|(?-i:may)|will|expect(?:s|ed)?|forecast|projected|if|hopes?|aims?|target"
    r"|limit(?:ed)?|quota|capacity)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:false(?:ly)?|fake|untrue|rumou?rs?|incorrect(?:ly)?|no\s+evidence|denie[sd](?!\s+(?:entry|visas?|asylum|admission|boarding|access|protection|refugee))|denying"
    r"|debunk\w*|mislead\w*|hoax)\b",
    re.IGNORECASE,
)
_THE_COUNTRY = re.compile(r"\b(?:the|that)\s+(?:South\s+American\s+)?(?:country|nation)\b")


class _Read(msgspec.Struct, frozen=True):
    """A figure as read, with what the next sentence may refer back to."""

    found: Found
    line: int
    geography: str | None


def _extract(item: RawItem, document: str) -> list[DraftProposed]:
    reading = read(item)
    done: list[_Read] = []
    for number, line in enumerate(reading.lines):
        if reading.text[line.at.end - 1] != "?":
            done += _figures(reading, number, line, done[-1] if done else None)
    read_already = [one.found.anchor for one in done]
    more: list[Found] = []
    last: Figure | None = None
    paragraph = -1
    for line in reading.lines:
        figures = tallied(
            reading, line, read_already, last if line.at.paragraph == paragraph else None
        )
        more += [figure.found for figure in figures]
        last, paragraph = (figures or [None])[-1], line.at.paragraph
    return proposals(reading, document, STATISTICS, [*(one.found for one in done), *more])


def _figures(reading: Reading, number: int, line: Line, last: _Read | None) -> list[_Read]:
    text, start, end = reading.text, line.at.start, line.at.end
    quoted = quotations(text, start, end)
    done: list[_Read] = []
    if _DENIED.search(text, start, end):
        return done
    for count in counts(text, start, end):
        before = done[-1] if done else last
        if any(q.start <= count.quantity.start < q.end for q in quoted):
            continue
        if _UNREAL.search(text, clause_start(text, start, count.start), count.end):
            continue
        figure = _figure(reading, number, line, count, before)
        if figure:
            done.append(figure)
    if not done and last and number - last.line == 1:
        followed = _followed(reading, number, line, last)
        done += [followed] if followed else []
    return done


def _figure(
    reading: Reading, number: int, line: Line, count: Count, before: _Read | None
) -> _Read | None:
    beside = before if before and before.line == number else None
    counterpart, counterpart_at = count.counterpart, count.counterpart_at
    term, term_at = count.term, count.term_at
    if beside and term is None:
        # "66,000 citizens entered, but only 34,000 left": the same people.
        counterpart = beside.found.fact["counterpart"]
        term = beside.found.fact["population_term"]
        counterpart_at, term_at = (
            beside.found.spans.get("counterpart"), beside.found.spans.get("population_term")
        )  # fmt: skip
    elif term is None:
        return None
    speech = source_of(reading.text, line, count.start)
    where = _geography(reading, number, line, count, before, speech)
    period = period_near(reading, line, count.quantity, count.end) or (
        _period_of(beside) if beside and count.term is None else None
    )
    if counterpart and where and counterpart == where[0]:
        return None
    if counterpart is None and where is None:
        return None
    fact, spans = fields_of(reading, line, count.quantity, period, speech)
    fact |= {
        "metric": count.metric,
        "geography": where[0] if where else None,
        "counterpart": counterpart,
        "population_term": None if term in BARE else term,
    }
    spans |= {"metric": count.metric_at, **spans_of(
        geography=where[1] if where else None, counterpart=counterpart_at, population_term=term_at
    )}  # fmt: skip
    # Who, where and when are what a figure is compared by; what is missing costs confidence.
    missing = [counterpart, where, period].count(None)
    return _read(line, number, fact, spans, count.quantity, speech, count.rule,
                 ("0.9", "0.8", "0.65", "0.5")[missing])  # fmt: skip


def _read(
    line: Line, number: int, fact: dict[str, Any], spans: dict[str, At], quantity: Quantity,
    speech: Speech | None, rule: str, confidence: str,
) -> _Read:  # fmt: skip
    quote = Quote(line, origin(speech, "cites"))
    found = Found("statistic-published", fact, (quantity.start, quantity.end), (quote,), spans,
                  rule, confidence)  # fmt: skip
    return _Read(found, number, fact["geography"])


def _geography(
    reading: Reading, number: int, line: Line, count: Count, before: _Read | None,
    speech: Speech | None,
) -> tuple[str, At] | None:  # fmt: skip
    text = reading.text
    clause = clause_end(text, count.end, line.at.end)
    if count.place_at:
        named = [p for p in places.places(text, *count.place_at) if p.is_country]
        if named:
            return named[0].code, (named[0].start, named[0].end)
        refers = _THE_COUNTRY.search(text, *count.place_at)
        if refers:
            return _antecedent(reading, number, count, before, refers.span())
        if count.registrar:
            return None
    if count.registrar:
        return count.registrar
    near = [p for p in places.places(text, count.end, clause)
            if p.kind == "name" and p.is_country and p.code != count.counterpart
            and not _in_speech(p, speech)]  # fmt: skip
    if count.place_at is None and len({p.code for p in near}) == 1:
        return near[0].code, (near[0].start, near[0].end)
    if count.by_publisher and speech and speech.agent.official and speech.agent.country:
        return speech.agent.country, (speech.mention.start, speech.mention.end)
    return None


def _in_speech(place: places.Place, speech: Speech | None) -> bool:
    return speech is not None and speech.start <= place.start < speech.end


def _antecedent(
    reading: Reading, number: int, count: Count, before: _Read | None, at: At
) -> tuple[str, At] | None:
    """The country that "the country" means: of the figure beside it, or the only one just named."""
    if before and before.line == number and before.geography:
        return before.geography, at
    start = reading.lines[max(0, number - 1)].at.start
    named = {p.code for p in places.places(reading.text, start, count.start)
             if p.is_country and p.kind == "name" and p.code != count.counterpart}  # fmt: skip
    return (next(iter(named)), at) if len(named) == 1 else None


def _period_of(beside: _Read) -> When | None:
    fact, at = beside.found.fact, beside.found.spans.get("period")
    return When(fact["period"], *at, fact["basis"]) if at else None


def _followed(reading: Reading, number: int, line: Line, last: _Read) -> _Read | None:
    """ "Numbers rebounded to 3,282 in April": the count of the sentence before, continued."""
    text, start, end = reading.text, line.at.start, line.at.end
    match = FOLLOWED.search(text, start, end)
    if match is None or _UNREAL.search(text, start, match.end()):
        return None
    quantity = next(iter(quantities(text, match.end(), end)), None)
    if quantity is None or quantity.start - match.end() > 1:
        return None
    period = next(iter(periods(text, quantity.end, clause_end(text, quantity.end, end),
                               reading.today)), None)  # fmt: skip
    if period is None:
        return None
    speech = source_of(text, line, quantity.start)
    fact, spans = fields_of(reading, line, quantity, period, speech)
    was = last.found
    carried = ("metric", "geography", "counterpart", "population_term")
    fact |= {name: was.fact[name] for name in carried}
    spans |= {name: was.spans[name] for name in carried if name in was.spans}
    return _read(line, number, fact, spans, quantity, speech, "count-continued", "0.75")


STATISTICS = Extractor("en-statistics", 2, "en", _extract)
