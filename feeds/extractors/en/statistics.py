"""Statistics: a counted number of people with what they did, where, when and who counted."""

import re
from typing import Any

import msgspec

from feeds.extractor import Extractor
from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.attribution import Speech, quotations
from feeds.extractors.en.grammar.counts import FOLLOWED, Count, counts
from feeds.extractors.en.grammar.dates import When
from feeds.extractors.en.grammar.numbers import Quantity, quantities
from feeds.extractors.en.grammar.occasions import occasion
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

_CLAUSE_ENDS = re.compile(r";|,\s+(?:but|while|whereas|and|of\s+which|compared)\b|\s[-–—]{1,2}\s")
_UNREAL = re.compile(
    r"\b(?:could|would|might|(?-i:may)|will|expect(?:s|ed)?|forecast|projected|if|hopes?|aims?|target"
    r"|limit(?:ed)?|quota|capacity)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:false(?:ly)?|fake|untrue|rumou?rs?|incorrect(?:ly)?|no\s+evidence|denie[sd]|denying"
    r"|debunk\w*|mislead\w*|hoax)\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(r"\b(?:announced|said|reported|published|released|showed|revealed)\b")
_TAIL = 12
"""Characters within which an attribution still closes its sentence."""
_HEAD = 10
"""Characters within which a period still opens its sentence."""
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
    return proposals(reading, document, STATISTICS, [one.found for one in done])


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
        if _UNREAL.search(text, _clause_start(text, start, count.start), count.end):
            continue
        figure = _figure(reading, number, line, count, before)
        if figure:
            done.append(figure)
    if not done and last and number - last.line == 1:
        followed = _followed(reading, number, line, last)
        done += [followed] if followed else []
    return done


def _clause_start(text: str, start: int, at: int) -> int:
    return max((m.end() for m in _CLAUSE_ENDS.finditer(text, start, at)), default=start)


def _clause_end(text: str, at: int, end: int) -> int:
    match = _CLAUSE_ENDS.search(text, at, end)
    return match.start() if match else end


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
    speech = _source(line, count.start)
    where = _geography(reading, number, line, count, before, speech)
    period = _period(reading, line, count) or (
        _period_of(beside) if beside and count.term is None else None
    )
    if counterpart and where and counterpart == where[0]:
        return None
    if counterpart is None and where is None:
        return None
    fact, spans = _fields(reading, line, count.quantity, period, speech)
    fact |= {
        "metric": count.metric,
        "geography": where[0] if where else None,
        "counterpart": counterpart,
        "population_term": term,
    }
    spans |= {"metric": count.metric_at, **_spans(
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


def _fields(
    reading: Reading, line: Line, quantity: Quantity, period: When | None, speech: Speech | None
) -> tuple[dict[str, Any], dict[str, At]]:
    published = _published_on(reading, line, period) if speech else None
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
    spans = _spans(
        value=number,
        lower=number,
        upper=number,
        comparator=number,
        period=(period.start, period.end) if period else None,
        publisher=(speech.mention.start, speech.mention.end) if speech else None,
        published_on=(published.start, published.end) if published else None,
    )
    return fact, spans


def _published_on(reading: Reading, line: Line, period: When | None) -> When | None:
    """The day in "according to a statement on June 18", unless it belongs to the period."""
    quoted = quotations(reading.text, line.at.start, line.at.end)
    day = occasion(reading.text, line.at, quoted, reading.today).said_on
    if day is None or len(day.edtf) != len("2024-06-18"):
        return None
    return None if period and period.start <= day.start < period.end else day


def _spans(**at: At | None) -> dict[str, At]:
    return {name: span for name, span in at.items() if span is not None}


def _source(line: Line, at: int) -> Speech | None:
    """Who is said to have counted: "according to" anywhere, else whoever reports before the
    figure or, as in "…, the ministry said.", at the end of the sentence."""
    cited = [s for s in line.speeches if " " in s.verb or s.verb in ("citing", "cited")]
    before = [s for s in line.speeches if s.end <= at]
    closing = [s for s in line.speeches if s.start > at and line.at.end - s.end <= _TAIL]
    return (cited or before or closing or [None])[-1]


def _geography(
    reading: Reading, number: int, line: Line, count: Count, before: _Read | None,
    speech: Speech | None,
) -> tuple[str, At] | None:  # fmt: skip
    text = reading.text
    clause = _clause_end(text, count.end, line.at.end)
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


def _period(reading: Reading, line: Line, count: Count) -> When | None:
    """The period after the figure in its clause, else the one that opens the sentence."""
    text, today = reading.text, reading.today
    after = periods(text, count.quantity.end, _clause_end(text, count.end, line.at.end), today)
    before = periods(text, line.at.start, count.quantity.start, today)
    clause = _clause_start(text, line.at.start, count.quantity.start)
    before = [w for w in before if w.start >= clause or w.start - line.at.start <= _HEAD]
    # "In January, X announced that …" dates the announcement.
    opening = [w for w in before if not _ANNOUNCES.search(text, w.end, count.quantity.start)]
    announced = next((w for w in before if w not in opening), None)
    chosen = next(iter(after), None) or (opening[-1] if opening else None)
    if chosen and announced and chosen.edtf.endswith("~") and "-" in announced.edtf:
        # "In January … announced … since October": counted until it was announced.
        since = chosen.edtf.partition("/")[0]
        if since <= announced.edtf and "/" not in announced.edtf:
            return When(f"{since}/{announced.edtf}", chosen.start, chosen.end, chosen.basis)
    return chosen


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
    period = next(iter(periods(text, quantity.end, _clause_end(text, quantity.end, end),
                               reading.today)), None)  # fmt: skip
    if period is None:
        return None
    speech = _source(line, quantity.start)
    fact, spans = _fields(reading, line, quantity, period, speech)
    was = last.found
    carried = ("metric", "geography", "counterpart", "population_term")
    fact |= {name: was.fact[name] for name in carried}
    spans |= {name: was.spans[name] for name in carried if name in was.spans}
    return _read(line, number, fact, spans, quantity, speech, "count-continued", "0.75")


STATISTICS = Extractor("en-statistics", 1, "en", _extract)
