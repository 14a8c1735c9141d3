"""Sentences in which a state makes, ends or plans a measure on crossing its border."""

import re

import msgspec

from feeds.extractors.en.grammar import deeds
from feeds.extractors.en.grammar.measures import NOUNS, Measure, Outcome, measure, outcome
from feeds.extractors.en.grammar.reading import At


class Act(msgspec.Struct, frozen=True):
    """The words of an act: where its verb is, what it concerns, and where people are named."""

    rule: str
    title: str
    kind: str
    outcome: Outcome
    verb_at: At
    object_at: At
    whom_at: At
    proposed: bool = False
    passive: bool = False
    about: str | None = None
    strict: bool = False
    """Whether the people must be named for it to be a rule."""
    bare: bool = False
    """Whether the names of countries alone stand for their people."""


_LEFT = 130
_STOPS = re.compile(r"[;:—]|\s[–-]\s|,\s+(?:after|as|while|but|although|amid|following|because)\b"
                    r"|\b(?:after|because|although)\b")  # fmt: skip
_WISHED = re.compile(
    r"\b(?:consider(?:s|ed|ing)?|threaten(?:s|ed|ing)?|urg(?:e|es|ed|ing)|call(?:s|ed"
    r"|ing)?\s+(?:\w+\s+)?(?:on|for|to)"
    r"|refus(?:e|es|ed|ing)|den(?:y|ies|ied|ying)|never|want(?:s|ed|ing)?|hop(?:e|es|ed|ing)"
    r"|seek(?:s|ing)?|sought|ask(?:s|ed|ing)?|discuss(?:es|ed|ing)?|debat(?:e|es|ed|ing)"
    r"|reject(?:s|ed|ing)?|recommend(?:s|ed|ing)?|rumou?rs?|speculation|possib(?:le|ly|ility)"
    r"|petition|demand(?:s|ed|ing)?|negotiat(?:e|es|ed|ing)|mull(?:s|ed|ing)?|delay(?:s|ed|ing)?"
    r"|postpon(?:e|es|ed|ing)|campaign(?:s|ed|ing)?|pledg(?:e|es|ed|ing)|promis(?:e|es|ed|ing)"
    r"|vow(?:s|ed|ing)?|risk(?:s|ed)?|warn(?:s|ed|ing)?\s+(?:that\s+)?(?:it\s+|he\s+)?(?:could"
    r"|might|may)"
    r"|criticis\w+|criticiz\w+|condemn\w*|protest(?:s|ed|ing)?|accus\w+|fail(?:s|ed|ing)?"
    r"|attempt(?:s|ed|ing)?"
    r"|tr(?:y|ies|ied|ying)\s+to|challeng\w+|block(?:s|ed|ing)?|overturn\w*|strik\w+\s+down"
    r"|support(?:s|ed|ing)?|oppos(?:e|es|ed|ing)|weigh(?:s|ed|ing)?|study(?:ing)?|prepar(?:e|es"
    r"|ed|ing)"
    r"|request(?:s|ed|ing)?|wonder(?:s|ed|ing)?|determine|safe\s+to|as\s+soon\s+as"
    r"|expected|likely|appl(?:y|ied|ying)\s+for|judges?|courts?|right\s+to|how|why|what|when|senators?|candidates?|opposition|lawyers?|activists?|protesters|critics|analysts|if\s+elected)\b",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\b(?:if|whether|unless|could|(?-i:may)|might|should|can|cannot|must|would|no\s+longer)\b",
    re.IGNORECASE,
)
# "If the bill passes, …": nothing is decided yet.
_CONDITION = re.compile(r"^\W*(?:if|unless|should|were)\s[^,]{3,80},", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|never)\b|n[’']t\b", re.IGNORECASE)
_DECIDED = re.compile(
    r"\b(?:announc\w+|said|says|confirm(?:s|ed)|declar(?:es|ed)|decid(?:es|ed)|order|proclamation"
    r"|decree|law|measure|rules?|policy)\b[^;“”\"]{0,90}$", re.IGNORECASE,
)  # fmt: skip
_PROPOSED = re.compile(
    r"\b(?:propos(?:e|es|ed|ing|als?)|plan(?:s|ned|ning)?\s+to|draft|bill|intends?\s+to)\b",
    re.IGNORECASE,
)
_ANNOUNCED_PLAN = re.compile(
    r"\b(?:announc|unveil|approv|sign)\w*\s+(?:[\w-]+\s+){0,3}?(?:plans?|intentions?|bill)\b",
    re.IGNORECASE,
)
_PAST_FORMS = re.compile(r"(?:ed|en|ut|et|oze|ung|aid|an|rew|rought\s+in)$")
_FINITE = re.compile(r"(?:s|ed|ut|et|oze|an|rew)$|\b(?:in|out|down|off|on|to)$")
_LED_BY = re.compile(
    r"\b(?:will|shall|to|and|or|also|is|are|was|were|has|have|had|been|be|by|would|we|I|they"
    r"|governments?|authorities|states"
    r"|officials|ministers|countries|lawmakers|it|of|temporarily|immediately|now|further"
    r"|indefinitely|fully|then|both|formally"
    r"|officially|effectively|States|Netherlands|Philippines|Emirates|Maldives|Bahamas"
    r"|and\s+(?:(?-i:[A-Z])\w+\s+){0,2}(?-i:[A-Z])\w+)\s+(?:\w+ly\s+)?$",
    re.IGNORECASE,
)


_ACT_THAT = re.compile(
    r"\b(?:order|proclamation|decree|laws?|legislation|bill|rules?|directive|resolution|measures?"
    r"|agreement|deal|memorandum|amendment|regulations?|decision)\b[^,;]{0,50}\b(?:that|which)\s+$",
    re.IGNORECASE,
)


_ING_AFTER = re.compile(
    r"(?:\b(?:is|are|am|was|were|be|been|by|and|order|proclamation|decree|policy|laws?|bill|rules?"
    r"|amendment|resolution|designation|programme|program|scheme|measures?|agreement|deal|directive"
    r"|regulations?|legislation|immediately|propos(?:es|ed)|begins?|began|starts?|started)"
    r"(?:\s+(?:on\s+)?\w+day|\s+today)?|,)\s+(?:\w+ly\s+)?$",
    re.IGNORECASE,
)


def standing(text: str, start: int, verb: int, first: str) -> str | None:
    """Whether what a verb tells is made ("made"), only "proposed", or neither.

    The words between `start` and the verb decide: wishes and conditions of its own clause.
    """
    cut = start
    for stop in _STOPS.finditer(text, start, verb):
        cut = stop.end()
    clause = text[cut:verb]
    if _WISHED.search(clause) or _WISHED.match(first) or _DENIED.search(clause[-40:]):
        return None
    if _CONDITION.search(text[start:verb]):
        return None
    supposed = _SUPPOSED.search(clause)
    if supposed and not (
        supposed[0].lower() == "would" and _DECIDED.search(clause[: supposed.start()])
    ):
        if not _PROPOSED.search(clause):
            return None
        return "proposed"
    if _PROPOSED.search(clause) and not _ANNOUNCED_PLAN.search(clause):
        return "proposed"
    return "made"


def acts(text: str, start: int, end: int) -> list[Act]:
    """What a sentence tells of measures, by the nouns for them."""
    found: list[Act] = []
    for noun in NOUNS.finditer(text, start, end):
        act = _left(text, start, end, noun) or _right(text, start, end, noun)
        if act:
            found.append(act)
    return found


def _left(text: str, start: int, end: int, noun: re.Match[str]) -> Act | None:
    window = text[max(start, noun.start() - _LEFT) : noun.start()]
    offset = noun.start() - len(window)
    for pattern, rule in ((deeds.NOMINAL, "announced"), (deeds.ACTIVE, "made")):
        match = _last(pattern, window)
        if match is None:
            continue
        deed = deeds.deed(match)
        what = measure(noun)
        result = outcome(what, deed)
        if result is None:
            continue
        if rule == "announced" and match[0].lower().startswith("exten"):
            result = Outcome("extended", result.regime)
        verb_at = (offset + match.start(deed), offset + match.end(deed))
        first = offset + match.start()
        if rule == "made" and not finite(text, start, verb_at):
            continue
        return _act(text, start, what, result, first, verb_at, noun, (first, end), False)
    return None


def _last(pattern: re.Pattern[str], window: str) -> re.Match[str] | None:
    """The match that begins nearest to the end, which the pattern is bound to."""
    found = None
    at = 0
    while (match := pattern.search(window, at)) is not None:
        found = match
        at = match.start() + 1
    return found


def finite(text: str, start: int, verb_at: At) -> bool:
    """Whether a form is a verb that tells: "suspends", "will suspend", but no bare "order"."""
    word = text[verb_at[0] : verb_at[1]]
    before = text[max(start, verb_at[0] - 40) : verb_at[0]]
    if re.search(
        r"\b(?:the|a|an|its|their|his|this|that|which|new|of|travel|entry|visa|blanket"
        r"|immigration)\s+$",
        before,
        re.IGNORECASE,
    ):
        return _ACT_THAT.search(text, max(start, verb_at[0] - 90), verb_at[0]) is not None
    if word.lower().startswith(("will ", "would ", "to ")):
        return True
    if word.lower().endswith("ing"):
        return _ING_AFTER.search(before) is not None
    return bool(_FINITE.search(word)) or bool(_LED_BY.search(before))


def _right(text: str, start: int, end: int, noun: re.Match[str]) -> Act | None:
    what = measure(noun)
    for pattern, rule in ((deeds.PASSIVE, "passive"), (deeds.OWN_WAY, "own")):
        match = pattern.match(text, noun.end(), end)
        if match is None:
            continue
        deed = deeds.deed(match)
        result = outcome(what, deed)
        if result is None or (rule == "passive" and match.groupdict().get("bare")):
            continue
        return _act(
            text, start, what, result, noun.start(), match.span(deed), noun, (start, end), True
        )
    return None


def _act(
    text: str, start: int, what: Measure, result: Outcome, first: int, verb_at: At,
    noun: re.Match[str], whom_at: At, passive: bool,
) -> Act | None:  # fmt: skip
    stands = standing(text, start, verb_at[0] if passive else first, text[verb_at[0] : verb_at[1]])
    if stands is None:
        return None
    return Act(
        what.name, what.title, what.kind, result, verb_at, noun.span(), whom_at,
        stands == "proposed", passive, what.about, what.name in ("visas", "entry"),
    )  # fmt: skip
