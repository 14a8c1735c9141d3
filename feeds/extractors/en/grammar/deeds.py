"""What governments do to a rule: verbs and their nouns, by what becomes of the rule."""

import re
from typing import Literal

Deed = Literal["start", "halt", "waive", "end", "again", "extend", "change", "close", "open"]
DEEDS: tuple[Deed, ...] = (
    "start", "halt", "waive", "end", "again", "extend", "change", "close", "open",
)  # fmt: skip

VERBS: dict[Deed, str] = {
    "start": r"introduc(?:e|es|ed|ing)|impos(?:e|es|ed|ing)|announc(?:e|es|ed|ing)"
    r"|issu(?:e|es|ed|ing)|order(?:s|ed|ing)?|adopt(?:s|ed|ing)?|approv(?:e|es|ed|ing)"
    r"|launch(?:es|ed|ing)?|enact(?:s|ed|ing)?|implement(?:s|ed|ing)?|unveil(?:s|ed|ing)?"
    r"|sign(?:s|ed|ing)?|institut(?:e|es|ed|ing)|establish(?:es|ed|ing)?|plac(?:e|es|ed|ing)"
    r"|appl(?:y|ies|ied|ying)|grant(?:s|ed|ing)?|roll(?:s|ed|ing)?\s+out|creat(?:e|es|ed|ing)"
    r"|declar(?:e|es|ed|ing)|pass(?:es|ed|ing)?|slap(?:s|ped|ping)?|offer(?:s|ed|ing)?"
    r"|add(?:s|ed|ing)?|enforc(?:e|es|ed|ing)|bring(?:s|ing)?\s+in|brought\s+in|start(?:s|ed|ing)?"
    r"|begin(?:s|ning)?|began|agree(?:s|d)?\s+(?:on|to)|ratif(?:y|ies|ied)|charg(?:e|es|ed|ing)"
    r"|lev(?:y|ies|ied|ying)|(?<=will )require|pursu(?:e|es|ed|ing)",
    "halt": r"suspend(?:s|ed|ing)?|halt(?:s|ed|ing)?|paus(?:e|es|ed|ing)|stop(?:s|ped|ping)?"
    r"|freez(?:e|es|ing)|froze|frozen|ceas(?:e|es|ed|ing)|discontinu(?:e|es|ed|ing)"
    r"|put(?:s|ting)?\s+on\s+hold",
    "waive": r"waiv(?:e|es|ed|ing)|lift(?:s|ed|ing)?|scrap(?:s|ped|ping)?|abolish(?:es|ed|ing)?"
    r"|remov(?:e|es|ed|ing)|drop(?:s|ped|ping)?|eliminat(?:e|es|ed|ing)",
    "end": r"end(?:s|ed|ing)?|revok(?:e|es|ed|ing)|rescind(?:s|ed|ing)?|repeal(?:s|ed|ing)?"
    r"|withdr(?:aw|aws|ew|awn|awing)|terminat(?:e|es|ed|ing)|cancel(?:s|led|ed|ling|ing)?"
    r"|revers(?:e|es|ed|ing)|phas(?:e|es|ed|ing)\s+out",
    "again": r"reinstat(?:e|es|ed|ing)|restor(?:e|es|ed|ing)|resum(?:e|es|ed|ing)"
    r"|reintroduc(?:e|es|ed|ing)|re-introduc(?:e|es|ed|ing)|re-?impos(?:e|es|ed|ing)"
    r"|restart(?:s|ed|ing)?|reviv(?:e|es|ed|ing)|relaunch(?:es|ed|ing)?",
    "extend": r"extend(?:s|ed|ing)?|prolong(?:s|ed|ing)?|renew(?:s|ed|ing)?"
    r"|lengthen(?:s|ed|ing)?",
    "change": r"expand(?:s|ed|ing)?|widen(?:s|ed|ing)?|broaden(?:s|ed|ing)?|tighten(?:s|ed|ing)?"
    r"|eas(?:e|es|ed|ing)|relax(?:es|ed|ing)?|loosen(?:s|ed|ing)?|restrict(?:s|ed|ing)?"
    r"|rais(?:e|es|ed|ing)|increas(?:e|es|ed|ing)|doubl(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)"
    r"|lower(?:s|ed|ing)?|reduc(?:e|es|ed|ing)|cut(?:s|ting)?|slash(?:es|ed|ing)?|limit(?:s|ed"
    r"|ing)?"
    r"|hik(?:e|es|ed|ing)|set(?:s|ting)?|simplif(?:y|ies|ied|ying)|cap(?:s|ped|ping)?"
    r"|amend(?:s|ed|ing)?|toughen(?:s|ed|ing)?|narrow(?:s|ed|ing)?|fix(?:es|ed|ing)?|halv(?:e|es"
    r"|ed|ing)|shorten(?:s|ed|ing)?|boost(?:s|ed|ing)?",
    "close": r"clos(?:e|es|ed|ing)(?:\s+(?:off|down))?|shut(?:s|ting)?(?:\s+down)?"
    r"|seal(?:s|ed|ing)?(?:\s+off)?",
    "open": r"re-?open(?:s|ed|ing)?|open(?:s|ed|ing)?(?:\s+up)?",
}
"""By what becomes of the rule: made, paused, ended, back again, lengthened, other than before."""

NOUNS: dict[Deed, str] = {
    "start": r"introduction|imposition|launch|adoption|creation|establishment|granting",
    "halt": r"suspension|halt|pause|freeze|moratorium|cessation",
    "waive": r"lifting|abolition|removal|scrapping|waiving|elimination",
    "end": r"revocation|end|repeal|termination|cancellation|withdrawal|rescission",
    "again": r"reinstatement|restoration|resumption|reintroduction|reimposition",
    "extend": r"extension|prolongation|renewal",
    "change": r"expansion|tightening|easing|relaxation|reduction|increase|lowering|doubling",
    "close": r"closure|closing|shutdown",
    "open": r"reopening|opening",
}
ACTIONS: dict[Deed, str] = {
    "start": "introduced", "halt": "suspended", "waive": "repealed", "end": "repealed", "again": "reinstated",
    "extend": "extended", "change": "amended", "close": "introduced", "open": "withdrawn",
}  # fmt: skip

# Words between a verb and its object: any but those that begin another phrase.
FILLER = (
    r"(?:\s+(?!(?:that|at|from|to|under|about|through|during|because|while|who|which|against|by"
    r"|over|after|before|if|when|where|unless|into|with|without|said|says|will|would|is|are|was"
    r"|were|has|have|had)\b)"
    r"(?:(?:[A-Z]\.)+|[\w$€£%&'’.,-]*[\w$€£%’'])){0,NUMBER}?\s+"
)
_DECREES = (
    r"(?:announc(?:e|es|ed|ing)|order(?:s|ed|ing)?|declar(?:e|es|ed|ing)|approv(?:e|es|ed|ing)"
    r"|confirm(?:s|ed|ing)?|sign(?:s|ed|ing)?|agree(?:s|d)?|decid(?:e|es|ed)|back(?:s|ed)?"
    r"|vot(?:e|es|ed)|issu(?:e|es|ed)|decree(?:s|d)?|extend(?:s|ed|ing)?|impos(?:e|es|ed))"
)


def _groups(forms: dict[Deed, str]) -> str:
    return "|".join(f"(?P<{deed}>{forms[deed]})" for deed in DEEDS)


def _window(number: int) -> str:
    return FILLER.replace("NUMBER", str(number))


ACTIVE = re.compile(rf"\b(?:{_groups(VERBS)})(?:{_window(6)})$", re.IGNORECASE)
"""Ends where the object begins: "suspends all new "."""
NOMINAL = re.compile(
    rf"\b{_DECREES}\b(?:{_window(4)})(?:{_groups(NOUNS)})\s+(?:of|to|in|on|for)(?:{_window(5)})$",
    re.IGNORECASE,
)
""" "announces the suspension of "."""
PASSIVE = re.compile(
    r"[^.;“”\"]{0,110}?\s(?:(?:has|have|had)\s+been|was|were|will\s+be|is\s+being|are\s+being"
    r"|(?:is|are)\s+to\s+be|be|(?P<bare>is|are))\s+(?:\w+ly\s+)?"
    rf"(?:{_groups(VERBS)})\b",
    re.IGNORECASE,
)
"""Begins where the object ends: " for students have been suspended"."""
OWN_WAY = re.compile(
    r"[^.;“”\"]{0,80}?\s(?:will\s+|to\s+)?(?:(?P<start>takes?\s+effect|(?:comes?|goes|go|enters?"
    r"|came|went"
    r"|entered)\s+into\s+(?:force|effect|operation)|took\s+effect)|(?P<open>reopens?(?:ed)?)"
    r"|(?P<again>resumes?|resumed)|(?P<close>closes|closed)|(?P<change>increases?|rises?|rose"
    r"|doubles?|goes\s+up))\b",
    re.IGNORECASE,
)
""" "will come into force", where nobody is said to act."""


def deed(match: re.Match[str]) -> Deed:
    """Which kind of deed a match of the patterns above found."""
    return next(d for d in DEEDS if match.groupdict().get(d))
