"""Acts told by a whole clause: who is barred from entering, let in without a visa, or counted."""

import re

from feeds.extractors.en.grammar.acts import Act, finite, standing
from feeds.extractors.en.grammar.admissions import ADMISSIONS
from feeds.extractors.en.grammar.clause import Clause, pattern
from feeds.extractors.en.grammar.measures import Outcome

_BAN = (
    r"(?P<verb>ban(?:s|ned|ning)?|bar(?:s|red|ring)?|block(?:s|ed|ing)?|prohibit(?:s|ed|ing)?"
    r"|forbid(?:s|ding)?|forbade|forbidden|stop(?:s|ped|ping)?|prevent(?:s|ed|ing)?)"
)
_ENTERING = (
    r"(?:entering|travell?ing\s+(?:in)?to|visiting|coming\s+(?:in)?to|flying\s+(?:in)?to"
    r"|crossing\s+(?:into|the|its)|returning\s+to|immigrating\s+to|entry\s+(?:in)?to|entry)"
)
_WHO = r"(?P<who>[^.;:“”\"]{3,260}?)"
_FREELY = (
    r"(?:visa[\s-]free|without\s+(?:(?:needing|requiring|obtaining|having|a\s+need\s+for"
    r"|applying\s+for"
    r"|the\s+need\s+for)\s+)?(?:an?\s+|any\s+)?(?:[\w-]+\s+)?visas?)"
)
_ENTER = r"(?:enter|visit|travel\s+(?:in)?to|come\s+to|stay(?:\s+in)?|go\s+to|cross)"
_ALLOW = r"(?P<verb>allow(?:s|ed|ing)?|permit(?:s|ted|ting)?|let(?:s|ting)?)"
_BE = (
    r"(?:has\s+been|have\s+been|was|were|will\s+be|are\s+being|is\s+being|are\s+now|is\s+now"
    r"|are\s+to\s+be|to\s+be)"
)
_TO_ENTER = (
    "from enter", "from travel", "from visit", "from com", "from fly", "from cross", "from return",
    "from immigrat", "from entry",
)  # fmt: skip


CLAUSES = (
    Clause("bars-from-asylum", "Bar to asylum", pattern(
        rf"\b{_BAN}\s+{_WHO}\s+from\s+(?:claiming|seeking|applying\s+for|requesting"
        rf"|receiving)\s+asylum"),
        Outcome("introduced"), about="asylum seekers", strict=False, cues=("asylum",)),
    Clause("no-asylum-for", "Bar to asylum", pattern(
        r"\b(?P<verb>mak(?:es|ing)|mad|rendering|renders"
        r"|to\s+make)e?\s+(?P<who>[^.;:“”\"]{3,200}?)\s+ineligible\s+(?:for|to\s+(?:seek"
        r"|apply\s+for))\s+asylum"),
        Outcome("introduced"), about="asylum seekers", strict=False, cues=("ineligible",)),
    Clause("wait-abroad", "Waiting abroad for asylum", pattern(
        r"(?P<who>(?:asylum[\s-]seekers|migrants)[^.;:“”\"]{0,80}?)\s+(?P<verb>(?:will"
        r"|would)\s+(?:now\s+)?(?:have\s+to|be\s+(?:forced|required|made)\s+to|be))\s+"
        r"(?:wait|remain|stay|returned|sent\s+back)\s+(?:in"
        r"|to)\b"), Outcome("introduced"), passive=True,
        about="asylum seekers", strict=False, cues=("asylum", "migrants")),
    Clause("lets-leave", "Ban on leaving", pattern(
        rf"\b{_ALLOW}\s+{_WHO}\s+(?:to\s+)?(?:leave|travel\s+abroad"
        rf"|exit)\b"), Outcome("amended"), kind="exit", cues=("leave", "abroad", "exit")),
    Clause("bars-from-entering", "Entry ban", pattern(
        rf"\b{_BAN}\s+{_WHO}\s+from\s+{_ENTERING}\b"), Outcome("introduced", "entry-ban"), cues=_TO_ENTER),
    Clause("are-barred", "Entry ban", pattern(
        rf"\b{_BE}\s+(?:\w+ly\s+)?{_BAN}\s+from\s+{_ENTERING}\b"),
        Outcome("introduced", "entry-ban"), passive=True, cues=_TO_ENTER),
    Clause("bars-entry", "Entry ban", pattern(
        r"\b(?P<verb>ban(?:s|ned|ning)?|bar(?:s|red|ring)?|prohibit(?:s|ed|ing)?|suspend(?:s|ed"
        r"|ing)?"
        r"|restrict(?:s|ed|ing)?|halt(?:s|ed|ing)?|den(?:y|ies|ying)|refus(?:e|es|ing))\s+"
        r"(?:the\s+|all\s+)?(?:entry|admission)\s+(?:(?:in)?to\s+(?:the\s+)?(?:country\s+"
        r"|(?-i:[A-Z])\w+\s+){1,3})?"
        r"(?:of|for|to|by|from)\s+"
        r"(?P<who>[^.;:“”\"]{3,200})"), Outcome("introduced", "entry-ban"), cues=("entry", "admission")),
    Clause("bars-people", "Entry ban", pattern(
        r"\b(?P<verb>ban(?:s|ned|ning)?|bar(?:s|red|ring)?)\s+(?P<who>(?:(?:all|most|any|foreign"
        r"|the)\s+)*"
        r"(?:(?-i:[A-Z])[\w-]+\s+)?(?:travell?ers|visitors|arrivals|tourists|foreigners"
        r"|foreign\s+nationals"
        r"|non-residents|non-citizens|passengers|citizens|nationals|refugees"
        r"|asylum\s+seekers)\b[^.;:“”\"]{0,160}?)(?=[.,;]|\s+(?:from\s+"
        r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|after|amid|over|due|because|in\s+an?\b"
        r"|until|for\s+[\w-]+\s+(?:days?|weeks?|months?|years?))|$)"),
        Outcome("introduced", "entry-ban"), cues=("ban", "bar")),
    Clause("are-turned-back", "Entry ban", pattern(
        r"\b(?P<verb>will\s+(?:now\s+)?be\s+(?:turned\s+(?:back|away)|(?:refused|denied)\s+entry)"
        r"|no\s+longer\s+be\s+(?:able|allowed|permitted)\s+to\s+enter(?![^.;]{0,40}\svisa))\b"),
        Outcome("introduced", "entry-ban"), passive=True,
        cues=("turned back", "turned away", "entry", "longer be")),
    Clause("bars-from-leaving", "Ban on leaving", pattern(
        rf"\b{_BAN}\s+{_WHO}\s+from\s+(?:leaving|departing|travell?ing\s+abroad|exiting"
        rf"|going\s+abroad)\b"),
        Outcome("introduced"), kind="exit", cues=("leaving", "abroad", "departing", "exiting")),
    Clause("lets-in-without-visa", "Visa-free entry", pattern(
        rf"\b{_ALLOW}\s+{_WHO}\s+(?:to\s+)?{_ENTER}\b[^.;“”\"]{{0,60}}?\s*\b{_FREELY}"),
        Outcome("introduced", "visa-free"), cues=("visa",)),
    Clause("may-enter-without-visa", "Visa-free entry", pattern(
        rf"\b(?P<verb>will\s+(?:soon\s+)?be\s+(?:able|allowed|permitted)\s+to|can\s+now"
        rf"|are\s+now\s+(?:able|allowed|permitted)\s+to"
        rf"|may\s+now|will\s+now)"
        rf"\s+{_ENTER}\b[^.;“”\"]{{0,60}}?\s*\b{_FREELY}"), Outcome("introduced", "visa-free"), passive=True, cues=("visa",)),
    Clause("needs-no-visa-any-more", "Visa-free entry", pattern(
        r"\b(?P<verb>(?:will\s+)?no\s+longer\s+(?:need|require|be\s+required\s+to\s+(?:have"
        r"|obtain|hold))"
        r"|will\s+not\s+(?:need|require))\s+(?:an?\s+"
        r"|any\s+)?visas?\b"), Outcome("introduced", "visa-free"), passive=True, cues=("visa",)),
    Clause("exempts-from-visas", "Visa-free entry", pattern(
        rf"\b(?P<verb>exempt(?:s|ed|ing)?)\s+{_WHO}\s+from\s+(?:[\w-]+\s+){{0,3}}?visas?\b"),
        Outcome("introduced", "visa-free"), cues=("exempt",)),
    Clause("grants-visa-free", "Visa-free entry", pattern(
        r"\b(?P<verb>grant(?:s|ed|ing)?|offer(?:s|ed|ing)?|giv(?:e|es|ing)"
        r"|gave)\s+(?P<who>[^.;:“”\"]{3,120}?)\s+"
        r"visa-free\s+(?:entry|access|travel|status"
        r"|stays?)"), Outcome("introduced", "visa-free"), cues=("visa-free",)),
    Clause("will-need-a-visa", "Visa requirement", pattern(
        r"\b(?P<verb>(?:will|would)\s+(?:now\s+|soon\s+|again\s+)?(?:need|require"
        r"|have\s+to\s+(?:obtain|get|apply\s+for)"
        r"|no\s+longer\s+be\s+(?:able|allowed)\s+to\s+enter\b[^.;]{0,30}?\bwithout"
        r"|be\s+required\s+to\s+(?:have|obtain|get|apply\s+for"
        r"|hold)))\s+(?:an?\s+)?(?:entry\s+)?visas?\b(?!\s+(?:of|from|for)\b)"),
        Outcome("introduced", "visa-required"), passive=True, cues=("visa",)),
    Clause("will-need-an-authorisation", "Electronic travel authorisation", pattern(
        r"\b(?P<verb>will\s+(?:now\s+|soon\s+)?(?:need|require|have\s+to\s+(?:obtain|get"
        r"|apply\s+for)"
        r"|be\s+required\s+to\s+(?:have|obtain|get|apply\s+for"
        r"|hold)))\s+(?:an?\s+)?(?:(?:[\w-]+\s+){0,2}?travel\s+authori[sz]ation|ETA|ESTA|ETIAS)\b"),
        Outcome("introduced", "eta"), passive=True, cues=("authori", "eta", "esta", "etias")),
    Clause("will-require-visas", "Visa requirement", pattern(
        r"\b(?P<verb>(?:will|would)\s+(?:again\s+|now\s+)?require|(?:starts|begins|started"
        r"|began)\s+requiring)\s+"
        r"(?:entry\s+|tourist\s+)?visas?\s+(?:of|from"
        r"|for)\s+(?P<who>[^.;:“”\"]{3,160})"), Outcome("introduced", "visa-required"), cues=("visa",)),
    Clause("bars-from-visas", "Ban on visas", pattern(
        rf"\b{_BAN}\s+{_WHO}\s+from\s+(?:obtaining|receiving|getting|being\s+(?:issued|granted)"
        rf"|applying\s+for)\s+(?:[\w-]+\s+){{0,4}}?visas?\b"),
        Outcome("introduced"), cues=("visa",)),
    Clause("will-let-in", "Admission", pattern(
        rf"\b(?P<verb>(?:will|would)\s+(?:again\s+|now\s+|soon\s+)?(?:allow|permit|let"
        rf"|admit))\s+(?!(?:up\s+to\s+|about\s+|another\s+|some\s+)*\d){_WHO}\s+(?:to\s+|back\s+)*"
        r"(?:enter|come\s+to|return\s+to|travel\s+to|visit"
        r"|into)\b"), Outcome("introduced"), cues=("will ", "would ")),
    Clause("must-on-entry", "Condition of entry", pattern(
        r"\b(?P<verb>(?:will|would)\s+(?:now\s+|soon\s+)?(?:be\s+required\s+to|have\s+to"
        r"|need\s+to)|must\s+now)\s+"
        r"(?:self-(?:isolate|quarantine)|quarantine|present|show|give|provide|submit|undergo"
        r"|take\s+a|test|isolate|be\s+(?:fully\s+)?"
        r"(?:vaccinated|tested|quarantined|fingerprinted)|register|disclose"
        r"|pay\s+a)\b"), Outcome("introduced"), passive=True, cues=("will ", "would ", "must now")),
    Clause("added-to-ban", "Entry ban", pattern(
        r"\b(?P<verb>add(?:s|ed|ing)?)\s+(?P<who>[^.;:“”\"]{3,200}?)\s+to\s+(?:its|the|a|his"
        r"|their)\s+(?:[\w-]+\s+){0,2}?(?:travel\s+ban|"
        r"entry\s+ban)\b"), Outcome("introduced", "entry-ban"), bare=True, cues=("ban",)),
    Clause("added-to-red-list", "Travel list", pattern(
        r"\b(?P<verb>add(?:s|ed|ing)?)\s+(?P<who>[^.;:“”\"]{3,200}?)\s+to\s+(?:its|the|a|his"
        r"|their)\s+(?:[\w-]+\s+){0,2}?(?:red|quarantine|travel)\s+list\b"),
        Outcome("introduced"), bare=True, cues=(" list",)),
    Clause("added-to-waiver", "Visa-free entry", pattern(
        r"\b(?P<verb>add(?:s|ed|ing)?|admit(?:s|ted|ting)?|accept(?:s|ed)?|readmit(?:s|ted)?"
        r"|includ(?:e|es|ed))\s+(?P<who>[^.;:“”\"]{3,120}?)\s+(?:in|to|into)\s+"
        r"(?:its|the|a|his|their)\s+(?:[\w.-]+\s+){0,2}?(?:visa[\s-]waiver|visa-free"
        r"|visa\s+exemption)\b"),
        Outcome("introduced", "visa-free"), bare=True, cues=("visa",)),
    Clause("conditions-of-entry", "Condition of entry", pattern(
        r"\b(?P<verb>requir(?:es|ed|ing)|will\s+require|order(?:s|ed)|to\s+require|oblig(?:es"
        r"|ed))\s+(?P<who>[^.;:“”\"]{0,30}?"
        r"(?:travell?ers|visitors|arrivals|passengers|tourists|people\s+(?:arriving|travelling"
        r"|entering)|anyone\s+(?:arriving|entering|travelling)"
        r"|applicants|(?-i:[A-Z])\w+(?:ans|ese|is))[^.;:“”\"]{0,120}?)\s+to\s+(?:self-(?:isolate|quarantine)|quarantine"
        r"|present|show|provide|submit|undergo|take|test|be\s+"
        r"(?:fully\s+)?(?:vaccinated|tested|quarantined|fingerprinted)|have|register|hold|pay"
        r"|post|disclose|isolate)\b"),
        Outcome("introduced"), cues=("requir", "order", "oblig")),
    Clause("more-people-restricted", "Visa restrictions", pattern(
        r"\b(?P<verb>expand(?:s|ed|ing)?|increas(?:e|es|ed|ing)|widen(?:s|ed|ing)?|add(?:s|ed"
        r"|ing)?\s+to)\s+(?:the\s+)?(?:number|list|group|scope)\s+of\s+"
        r"(?P<who>[^.;:“”\"]{3,120}?)\s+subject\s+to\s+(?:[\w-]+\s+){0,2}?(?:visa|travel"
        r"|entry)\s+(?:restrictions?|bans?|sanctions)\b"),
        Outcome("extended"), cues=("subject to",)),
    Clause("revokes-visas", "Visas revoked", pattern(
        r"\b(?:(?P<verb>revok(?:e|es|ed|ing)|cancel(?:s|led|ed|ling)?|annul(?:s|led)?)"
        r"|(?P<noun>revocation|cancellation)\s+of)\s+"
        r"(?:all|any|existing|the)\s+(?:[\w-]+\s+){0,2}?visas\s+(?P<who>(?:of|for|held\s+by"
        r"|issued\s+to|from)\s+[^.;:“”\"]{3,160})"),
        Outcome("withdrawn"), cues=("visas",)),
    Clause("first-visas", "New visa", pattern(
        r"\b(?P<verb>(?:will\s+)?(?:issue|grant|offer)s?|(?:start|begin)s?\s+(?:issuing|to\s+issue|granting|offering)"
        r"|began\s+(?:issuing|to\s+issue))\s+(?P<who>(?:[\w-]+\s+){0,3}?visas\b[^.;“”\"]{0,80}?)"
        r"\s+for\s+the\s+first\s+time\b"),
        Outcome("introduced"), about="applicants for visas", strict=False, cues=("first time",)),
    Clause("joins-schengen", "Schengen membership", pattern(
        r"\b(?P<who>(?P<verb>(?:officially\s+|formally\s+|fully\s+)?(?:joins?|joined"
        r"|become(?:s)?\s+(?:a\s+)?(?:full\s+)?members?\s+of"
        r"|became\s+(?:a\s+)?(?:full\s+)?members?\s+of))"
        r"\s+(?:(?:the|Europe['’]s|EU['’]s)\s+)*(?:[\w-]+\s+){0,2}?Schengen)\b"),
        Outcome("introduced"), strict=False, cues=("schengen",)),
    Clause("closes-to-people", "Entry ban", pattern(
        r"\b(?P<verb>clos(?:e|es|ed|ing)|shut(?:s|ting)?)\s+(?:its|the|their"
        r"|all)\s+(?:[\w-]+\s+){0,2}?borders?\s+to\s+"
        r"(?P<who>[^.;:“”\"]{3,120})"), Outcome("introduced"), cues=("border",)),
)  # fmt: skip
"""More particular clauses come first; what one has told no other tells again."""


def told(text: str, start: int, end: int) -> list[Act]:
    """What a sentence tells of acts by its clauses."""
    found: list[Act] = []
    words = text[start:end].lower()
    for clause in (*CLAUSES, *ADMISSIONS):
        if not any(cue in words for cue in clause.cues):
            continue
        match = clause.pattern.search(text, start, end)
        if match is None or any(_overlap(match.span(), a.verb_at) for a in found):
            continue
        act = _act(text, start, clause, match)
        if act:
            found.append(act)
    return found


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


_SUBJECT = re.compile(
    r"[;:“”\"]|\b(?:said|says|announced|announces|confirmed|that|meaning|so)\b|^(?:From|On"
    r"|In)\s[^,]{3,40},"
)


def _subject(text: str, start: int, verb: int) -> int:
    """Where those begin of whom a passive clause tells."""
    at = start
    for stop in _SUBJECT.finditer(text[start:verb]):
        at = start + stop.end()
    return at


def _act(text: str, start: int, clause: Clause, match: re.Match[str]) -> Act | None:
    group = "verb" if match["verb"] else "noun"
    verb_at = match.span(group)
    first = verb_at[0] if clause.passive else match.start()
    # "will not need" and "can now" are the words of the clause itself, no denial of it.
    stands = standing(text, start, first, "")
    if stands is None or not (clause.passive or group == "noun" or finite(text, start, verb_at)):
        return None
    who = match.span("who") if "who" in match.groupdict() else (_subject(text, start, first), first)
    return Act(clause.name, clause.title, clause.kind, clause.outcome, verb_at,
               (min(who[0], match.start()), match.end()), who, stands == "proposed", clause.passive, clause.about,
               clause.strict, clause.bare)  # fmt: skip


NAMES = frozenset(clause.name for clause in (*CLAUSES, *ADMISSIONS))
