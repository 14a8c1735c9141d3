"""Entry rules: changes that a text asserts, states it describes, and since when they held."""

import re
from typing import Any

import msgspec

from feeds.extractor import Extractor
from feeds.extractors.en.grammar import acting, changes, observations, rules
from feeds.extractors.en.grammar.agents import Mention, introduced
from feeds.extractors.en.grammar.attribution import Speech, quotations
from feeds.extractors.en.grammar.changes import Change, Times
from feeds.extractors.en.grammar.dates import When, date_at
from feeds.extractors.en.grammar.occasions import occasion
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
from feeds.extractors.en.grammar.rules import Whom
from feeds.items import RawItem
from tracker.domain.draft import DraftProposed
from tracker.domain.values import Hop

_SINCE = re.compile(
    rf"\b(?:{rules.FREE})\b[^.;“”\"]{{0,90}}?\b(?:has|had|have)\s+been\s+(?:in\s+(?:place|force"
    r"|effect|operation)|valid|operating)\s+since\s+(?=\S)",
    re.IGNORECASE,
)
_GENERIC = ("authorities", "officials", "government")
_LONGEST_NOTICE_DAYS = 31
"""How old a dated statement of the issuer may be to count as the announcement."""


class _Made(msgspec.Struct, frozen=True):
    """A sentence that asserts a change, resolved."""

    line: Line
    change: Change
    people: Whom
    destination: str
    destination_at: At
    times: Times
    speech: Speech | None
    subject: Mention | None
    effect: Line | None
    """The following sentence that gives the effective date, where it has one of its own."""

    @property
    def key(self) -> tuple[str, tuple[str, ...], str]:
        """What makes two sentences speak of the same change."""
        return self.destination, self.people.codes, self.change.verb.action


def _extract(item: RawItem, document: str) -> list[DraftProposed]:
    reading = read(item)
    made = [m for i, line in enumerate(reading.lines) if (m := _made(reading, i, line))]
    keys = dict.fromkeys(m.key for m in made)
    changed = [_changed(reading, [m for m in made if m.key == key]) for key in keys]
    settled = {(key[0], key[1]) for key in keys}
    seen = [
        found
        for i, line in enumerate(reading.lines)
        if (found := observations.observed(reading, i, line)) and _rule_key(found) not in settled
    ]
    known = [*changed, *seen]
    since = [s for line in reading.lines if (s := _since(reading, line, known))]
    told = {line for m in made for line in (m.line, m.effect)}
    acted: list[Found] = []
    for i, line in enumerate(reading.lines):
        if line not in told:
            acted += [f for f in acting.acted(reading, i, line)
                      if not any(_again(f, earlier) for earlier in acted)
                      and not (f.fact.get("rule") and _rule_key(f) in settled)]  # fmt: skip
    # What an act has just made so is no state that the text describes.
    anew = {_rule_key(f) for f in acted if f.fact.get("rule")}
    seen = [f for f in seen if _rule_key(f) not in anew]
    return proposals(reading, document, POLICIES, [*changed, *seen, *since, *acted])


def _rule_key(found: Found) -> tuple[str, tuple[str, ...]]:
    return found.fact["jurisdiction"], tuple(found.fact["rule"]["nationalities"])


def _again(found: Found, earlier: Found) -> bool:
    """Whether a sentence tells once more of an act: the same measure, for some of the same."""
    one, other = found.fact, earlier.fact
    if any(one.get(name) != other.get(name) for name in ("jurisdiction", "title", "action")):
        return False
    whom = {*one.get("rule", {}).get("nationalities", ())}
    before = {*other.get("rule", {}).get("nationalities", ())}
    return not whom or "*" in whom or bool(whom & before)


def _made(reading: Reading, number: int, line: Line) -> _Made | None:
    text, start, end = reading.text, line.at.start, line.at.end
    if text[end - 1] == "?":
        return None
    change = changes.change(text, start, end)
    if change is None or _quoted(text, line, change.first):
        return None
    people = rules.whom(text, change.object_at[1], end)
    if people is None:
        return None
    subject = (start, change.first)
    if change.passive:
        subject = (start, end)
    before = tuple((b.at.start, b.at.end) for b in reading.lines[max(0, number - 2) : number])
    where = rules.destination(text, subject, (people.end, end), people, before)
    if where is None:
        return None
    times = changes.times(text, start, end, change.verb_at[0], reading.today)
    effect = None
    if times.effective_from is None and times.immediate is None:
        times, effect = _next_sentence(reading, number, times)
    speech = next((s for s in line.speeches if s.end <= change.last or
                   s.start >= change.last), None)  # fmt: skip
    return _Made(
        line, change, people, *where, times, speech, _subject(text, line, change, where[0]), effect
    )


def _subject(text: str, line: Line, change: Change, country: str) -> Mention | None:
    """The public body that acts in the sentence: "Authorities in Ecuador have suspended"."""
    bodies = introduced(text, line.at.start, change.first)
    return next((m for m in bodies if m.agent.kind == "body" and m.agent.country == country), None)


def _quoted(text: str, line: Line, offset: int) -> bool:
    return any(q.start <= offset < q.end for q in quotations(text, line.at.start, line.at.end))


def _next_sentence(reading: Reading, number: int, times: Times) -> tuple[Times, Line | None]:
    for line in reading.lines[number + 1 : number + 3]:
        later = changes.later_effect(reading.text, line.at.start, line.at.end, reading.today)
        if later:
            return msgspec.structs.replace(times, effective_from=later), line
    return times, None


def _changed(reading: Reading, made: list[_Made]) -> Found:
    """One draft of a change, from all the sentences that assert it."""
    first = next((m for m in made if m.times.effective_from), made[0])
    country = first.destination
    issuer = _issuer(made, country)
    times = first.times
    announced = times.announced_on or next(
        (m.times.announced_on for m in made if m.times.announced_on), None
    )
    if announced is None and first.line.at.item:
        announced = reading.day
    quotes: list[Quote] = []
    if announced is None and issuer:
        dated = _announcement(reading, issuer, times.effective_from)
        if dated:
            announced = dated[1]
            quotes = [Quote(dated[0], origin(issuer, "quotes", country))]
    lines = [(m, line) for m in made for line in (m.line, m.effect) if line]
    quotes = [*(Quote(line, _from(m, issuer, country)) for m, line in lines), *quotes]
    basis = "stated" if times.effective_from else (
        "immediate" if times.immediate and announced else "unknown"
    )  # fmt: skip
    stay = rules.stay(reading.text, first.people.end, first.line.at.end)
    regime = first.change.verb.regime
    fact: dict[str, Any] = {
        "jurisdiction": country,
        "kind": "entry",
        "issuer": issuer.agent.name if issuer else None,
        "action": first.change.verb.action,
        "announced_on": announced.edtf if announced else None,
        "effective_from": times.effective_from.edtf if times.effective_from else None,
        "effective_to": times.effective_to.edtf if times.effective_to else None,
        "effective_basis": basis,
        "rule": rules.entry_rule(first.people, regime, stay),
    }
    spans: dict[str, At] = {"action": first.change.verb_at, "jurisdiction": first.destination_at}
    spans |= rules.spans(first.people, (first.change.first, first.change.last), stay)
    if issuer:
        spans["issuer"] = (issuer.mention.start, issuer.mention.end)
    for name, when in (
        ("announced_on", announced),
        ("effective_from", times.effective_from),
        ("effective_to", times.effective_to),
    ):
        if when:
            spans[name] = (when.start, when.end)
    if times.immediate and basis == "immediate":
        spans["effective_basis"] = times.immediate
    anchor = (first.line.at.start, first.line.at.end)
    ordered = sorted({q.line.at.start: q for q in reversed(quotes)}.values(),
                     key=lambda q: (q.line is not first.line, q.line.at.start))  # fmt: skip
    confidence = "0.9" if basis == "stated" and issuer else "0.8" if basis != "unknown" else "0.7"
    return Found("policy-changed", fact, anchor, tuple(ordered), spans,
                 f"entry-rule-{first.change.verb.action}", confidence)  # fmt: skip


def _issuer(made: list[_Made], country: str) -> Speech | None:
    """The public body of the destination that says or does so: the most particular one named."""
    said = [s for m in made for s in m.line.speeches if s.agent.official
            and s.agent.country == country and s.agent.kind == "body"]  # fmt: skip
    did = [_act(m.subject) for m in made if m.subject]
    named = [s for s in (*said, *did) if not s.agent.name.endswith(_GENERIC)]
    return next(iter((*named, *said, *did)), None)


def _act(mention: Mention) -> Speech:
    return Speech(mention, mention.agent.name, mention.start, mention.end)


def _from(made: _Made, issuer: Speech | None, country: str) -> tuple[Hop, ...]:
    if made.speech:
        return origin(made.speech, "cites", country)
    if issuer is None:
        return ()
    hops = origin(issuer, "cites", country)
    if made.subject and made.subject.agent.name == issuer.agent.name:
        return hops
    # The document names the body in another sentence: that this one rests on it is inferred.
    return tuple(msgspec.structs.replace(hop, basis="inferred", cue=None) for hop in hops)


def _announcement(
    reading: Reading, issuer: Speech, effective: When | None
) -> tuple[Line, When] | None:
    """The issuer's only dated statement, if it is recent and not after the effect."""
    dated: dict[str, tuple[Line, When]] = {}
    for line in reading.lines:
        if any(s.agent.name == issuer.agent.name for s in line.speeches):
            quoted = quotations(reading.text, line.at.start, line.at.end)
            said_on = occasion(reading.text, line.at, quoted, reading.today).said_on
            if said_on:
                dated.setdefault(said_on.edtf, (line, said_on))
    if len(dated) != 1 or reading.today is None:
        return None
    line, when = next(iter(dated.values()))
    exact = date_at(when.edtf, 0, len(when.edtf), None, "past")
    if exact is None or len(when.edtf) != len("2024-06-18"):
        return None
    age = (reading.today - reading.today.fromisoformat(when.edtf)).days
    recent = -1 <= age <= _LONGEST_NOTICE_DAYS
    return (line, when) if recent and (not effective or when.edtf <= effective.edtf) else None


def _since(reading: Reading, line: Line, known: list[Found]) -> Found | None:
    """ "Has been in place since": a start without an announcement."""
    text, start, end = reading.text, line.at.start, line.at.end
    match = _SINCE.search(text, start, end)
    if match is None or _quoted(text, line, match.start()):
        return None
    when = date_at(text, match.end(), end, reading.today, "past")
    keys = dict.fromkeys(_rule_key(found) for found in known)
    if when is None or "/" in when.edtf or len(keys) != 1:
        return None
    country, codes = next(iter(keys))
    stated = known[0]
    people = rules.whom(text, start, end)
    if people and people.codes != codes:
        return None
    speech = next(iter(line.speeches), None)
    fact: dict[str, Any] = {
        "jurisdiction": country,
        "kind": "entry",
        "action": "introduced",
        "effective_from": when.edtf,
        "effective_basis": "stated",
        "rule": {"nationalities": list(codes), "regime": "visa-free"},
    }
    spans = {
        "action": (match.start(), match.end()),
        "effective_from": (when.start, when.end),
        "rule.regime": (match.start(), match.end()),
        "jurisdiction": stated.spans["jurisdiction"],
        "rule.nationalities": stated.spans["rule.nationalities"],
    }
    quote = Quote(line, origin(speech, "cites", country))
    return Found("policy-changed", fact, (match.start(), when.end), (quote,), spans,
                 "in-place-since", "0.8")  # fmt: skip


POLICIES = Extractor("en-policies", 2, "en", _extract)
