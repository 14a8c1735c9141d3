"""States that a report describes in passing: nobody changed anything, it is said to be so."""

import re
from typing import Any, Literal

import msgspec

from feeds.extractors.en.grammar import rules
from feeds.extractors.en.grammar.attribution import quotations
from feeds.extractors.en.grammar.changes import VERBS
from feeds.extractors.en.grammar.reading import At, Found, Line, Quote, Reading, origin
from feeds.extractors.en.grammar.rules import FREE

_ENTER = r"(?:enter|visit|travel\s+to|go\s+to)"
_NOW = r"(?:\s+(?:currently|presently|still|now|already))?"


class _Form(msgspec.Struct, frozen=True):
    """A way to describe a rule: whether the people stand before or after the words."""

    name: str
    pattern: re.Pattern[str]
    people: Literal["before", "after"]
    regime: str
    confidence: str


_FORMS = (
    _Form(
        "requires-no-visa",
        re.compile(
            rf"\b(?:do|does)(?:\s+not|n[’']t){_NOW}\s+(?:impose|require|demand)\s+(?:any\s+)?"
            r"(?:(?:kind|type|form|sort)s?\s+of\s+)?(?:an?\s+)?(?:entry\s+|tourist\s+)?visas?"
            r"(?:\s+requirements?)?(?=\s+(?:for|from|of|on)\b)"
        ),
        "after", "visa-free", "0.85",
    ),
    _Form(
        "needs-no-visa",
        re.compile(
            rf"\b(?:(?:do|does)(?:\s+not|n[’']t){_NOW}\s+(?:need|require)\s+(?:an?\s+|any\s+)?"
            rf"(?:entry\s+)?visas?\s+to\s+{_ENTER}"
            rf"|(?:can|may){_NOW}\s+{_ENTER}(?=[^.;,“”\"]{{2,60}}?\s+(?:visa-free"
            r"|without\s+(?:(?:needing|requiring|obtaining|having)\s+)?(?:an?\s+|any\s+)?visas?)\b))"
        ),
        "before", "visa-free", "0.85",
    ),
    _Form(
        "needs-a-visa",
        re.compile(
            rf"\b(?:need|require|must\s+(?:have|obtain|hold|apply\s+for)){_NOW}\s+(?:an?\s+)?"
            rf"(?:entry\s+)?visas?\s+to\s+{_ENTER}"
        ),
        "before", "visa-required", "0.75",
    ),
    _Form(
        "requires-visas",
        re.compile(rf"\b(?:requires?|demands?){_NOW}\s+(?:entry\s+)?visas?(?=\s+(?:of|for|from)\b)"),
        "after", "visa-required", "0.75",
    ),
    _Form(
        "offers-visa-free-entry",
        re.compile(rf"\b(?:offers?|allows?|grants?|maintains?|gives?){_NOW}\s+"
                   rf"(?:its\s+|a\s+)?{FREE}(?=\s+(?:for|to)\b)"),
        "after", "visa-free", "0.8",
    ),
    _Form(
        "visa-free-policy",
        re.compile(rf"(?:\b[Tt]he\s+(?:[\w-]+\s+){{0,3}}(?:country|nation|republic)['’]s"
                   rf"|\b[A-Z][\w. ]{{1,40}}['’]s|\b[Ii]ts)\s+(?:current\s+)?{FREE}"
                   r"(?=\s+(?:for|to|towards?)\b)"),
        "after", "visa-free", "0.8",
    ),
)  # fmt: skip

_CHANGES = re.compile(rf"\b(?:{'|'.join(verb.forms for verb in VERBS)})\b", re.IGNORECASE)
_NOT_NOW = re.compile(
    r"\b(?:former|formerly|previous|previously|until|once|used\s+to|was|were|had|will|would|if"
    r"|whether|should|could|might|propos\w+|plan\w*|consider\w*|unless|before|after|ago|expired?"
    r"|(?:in|since|during)\s+(?:19|20)\d\d|last\s+year|no\s+longer|hop\w+|urg\w+|demand(?:ed|ing))\b",
    re.IGNORECASE,
)


def observed(reading: Reading, number: int, line: Line) -> Found | None:
    """The state of an entry rule that a sentence describes as holding now."""
    text, start, end = reading.text, line.at.start, line.at.end
    if reading.today is None or text[end - 1] == "?":
        return None
    if _NOT_NOW.search(text, start, end):
        return None
    for form in _FORMS:
        match = form.pattern.search(text, start, end)
        # The words of the form itself ("do not impose") are no change; any others may be.
        changing = match and (
            _CHANGES.search(text, start, match.start()) or _CHANGES.search(text, match.end(), end)
        )
        if match and not changing and not _quoted(text, line, match.start()):
            found = _described(reading, number, line, form, match)
            if found:
                return found
    return None


def _quoted(text: str, line: Line, offset: int) -> bool:
    return any(q.start <= offset < q.end for q in quotations(text, line.at.start, line.at.end))


def _described(
    reading: Reading, number: int, line: Line, form: _Form, match: re.Match[str]
) -> Found | None:
    text, start, end = reading.text, line.at.start, line.at.end
    if form.people == "before":
        people = rules.whom(text, start, match.start())
        if people is None or text[people.end : match.start()].strip():
            return None
        subject: At = (match.end(), end)
    else:
        people = rules.whom(text, match.end(), end)
        if people is None or len(text[match.end() : people.start].split()) > _NEAR:
            return None
        subject = (start, match.end())
    before = tuple((b.at.start, b.at.end) for b in reading.lines[max(0, number - 2) : number])
    where = rules.destination(text, subject, (people.end, end), people, before)
    if where is None or reading.today is None:
        return None
    stay = rules.stay(text, match.start(), end)
    day = reading.today.isoformat()
    fact: dict[str, Any] = {
        "jurisdiction": where[0],
        "kind": "entry",
        "observed_on": day,
        "rule": rules.entry_rule(people, form.regime, stay),
    }
    spans = {
        "jurisdiction": where[1],
        **rules.spans(people, (match.start(), match.end()), stay),
    }
    speech = next(iter(line.speeches), None)
    quote = Quote(line, origin(speech, "cites", where[0]))
    return Found("policy-observed", fact, (match.start(), match.end()), (quote,), spans,
                 form.name, form.confidence)  # fmt: skip


_NEAR = 4
"""Words that may stand between the rule and the people it is for: "for the bearers of"."""
