"""What happens to migrants, refugees, deportees and smugglers of people, as sentences assert it."""

import re
from functools import cache

import msgspec

from feeds.extractors.en.grammar.incident_rules import RULES, Rule
from feeds.extractors.en.grammar.migrants import GOODS, MIGRANTS, SMUGGLERS
from feeds.extractors.en.grammar.verbs import verbs
from tracker.domain.values import IncidentType

_GAP = r"(?:[^.;:()“”\"]{0,60}?)"
# Between a verb and whom it concerns nobody else is concerned: "arrest a judge accused of hiding".
_OBJECT_GAP = (
    r"(?:(?!\b(?:accused|suspected\s+of|for|who|after|over|from|against|when|by|charged|to|on|in"
    r"|at(?!\s+least)|and|with(?!\s+(?:\d|migrants|refugees)))\b)"
    r"[^.;:()“”\"]){0,60}?"
)
_AN_ASIDE = r",\s+(?:who|which|whose)\b[^,;.“”\"]{1,90},"
_SMUGGLER_GAP = r"(?:(?!\bby\b)[^.;:()“”\"]){0,60}?"
_IS = r"(?:is|are|was|were|been|being|get|gets|got)(?:\s+\w+ed\s+and)?(?:\s+(?:also|reportedly|later|then|\w+ly))?"
_FEARED = r"(?:(?:is|are|was|were)\s+(?:feared|believed|presumed|confirmed|reported)\s+(?:to\s+(?:have\s+)?)?)"


Passages = tuple[tuple[int, int], ...]


class Happening(msgspec.Struct, frozen=True):
    """Where a sentence asserts that something happens, and by which rule it was read."""

    rule: Rule
    start: int
    end: int
    verb: tuple[int, int]
    recalled: bool = False
    """Whether it only says of which boat or whom the sentence tells something else."""


class _Way(msgspec.Struct, frozen=True):
    """A rule as patterns: the verb alone, which most sentences lack, then all of it."""

    rule: Rule
    verb: re.Pattern[str]
    whole: re.Pattern[str]
    near: re.Pattern[str]


@cache
def _ways(present: bool) -> tuple[_Way, ...]:
    """The rules as patterns; outside lists of news the present tense says what is usual."""
    return tuple(
        _Way(rule, re.compile(verb), re.compile(_whole(rule, verb)), re.compile(rule.near))
        for rule in RULES
        if (verb := _verb(rule, present))
    )


def _verb(rule: Rule, present: bool) -> str:
    if rule.voice in ("noun", "after"):
        return rule.verbs
    forms = verbs(rule.verbs)
    if rule.voice == "passive":
        return rf"\b{_IS}\s+{forms.participle}\b"
    told = rf"{forms.past}|(?:have|has|had)\s+(?:\w+ly\s+)?{forms.participle}"
    if present:
        told += f"|{forms.present}"
    if rule.voice == "active":
        told += f"|{forms.going}"
    if rule.voice == "bare":
        told += "|raids?"
    if rule.feared:
        told += rf"|{_FEARED}(?:{forms.participle}|dead)|(?:may|might)\s+have\s+{forms.participle}"
    return rf"\b(?:{told})\b"


def _whole(rule: Rule, verb: str) -> str:
    if rule.voice in ("noun", "bare"):
        return rf"(?P<verb>{verb})"
    if rule.voice == "active":
        # "Arrest a man for smuggling migrants" concerns the man, and is told by what he did.
        gap = _SMUGGLER_GAP if rule.kind == "smuggling" else _OBJECT_GAP
        return rf"(?P<verb>{verb}){gap}(?P<to>{rule.to})"
    aside = f"(?:{_AN_ASIDE})?" if rule.voice == "passive" else ""
    return rf"(?P<to>{rule.to}){aside}{_GAP}(?P<verb>{verb})"


_UNREAL = re.compile(
    r"(?:\b(?:will|would|could|may|might|should|shall|can|cannot|must|to|not|never|if|unless|whether"
    r"|without|no|nor|avoid\w*|prevent\w*|stop|against|risk|fear(?:s|ed)?|accus\w+|alleg\w+|plan(?:s|ned|ning)?"
    r"|propos\w+|threat\w*|want\w*|seek\w*|vow\w*|consider\w*|allow\w*|order\w*|hop\w+|before|for"
    r"|about|of|like)|n[’']t)\s+(?:(?:be|been|have|has|also|then|it|(?-i:[a-z]+ly))\s+){0,2}$",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b(?:if|unless|whether|would(?!-be)|could|should|calls?\s+for|plans?\s+to)\b", re.IGNORECASE
)
# Every rule needs one of these, and most sentences of most texts have none.
_ANY = re.compile(
    r"migra|efugee|sylum|eport|xpel|muggl|raffick|\bICE\b|Border Patrol|oat|essel|\bship|ingh(?:y|ies)"
    r"|apsiz|rown|oss of |ohingya|towaway|epatriat|ndocumented|visas?\b|llegal|canoe|raft|ferry|trawler"
    r"|yacht|scam|crossing|to (?:cross|reach|enter)"
)
# "Receives 135 deported migrants", "over the deaths of ten": what happened before.
_ADJECTIVE = re.compile(r"(?:\d|\b(?:of|with|carrying|the|newly|recently|many|more|[a-z]+ed))\s+$")
_RECALLED = re.compile(
    r"\b(?:in\s+connection\s+with|over|linked\s+to|responsible\s+for|charged\s+with|following|since"
    r"|investigat\w+(?:\s+into)?|after)\s+(?:the\s+)?$"
)
_PERIOD = re.compile(
    r"\b(?:so\s+far\s+(?:this|in)|this\s+year|last\s+year|(?:in|during|throughout)\s+(?:19|20)\d\d\b(?!-)"
    r"|annual(?:ly)?|(?:every|each|per)\s+(?:year|month|week|day)\b|(?:over|in|during|within)\s+the\s+"
    r"(?:past|last|first|previous)\s+(?:[\w-]+\s+)?(?:years?|months?|weeks?|days|quarter|half)\b|since\s+(?:(?:the\s+)?(?:start|beginning|end)|last|early|late|mid|(?:19|20)\d\d"
    r"|January|February|March|April|May|June|July|August|September|October|November|December|taking)"
    r"|to\s+date|on\s+average|fiscal\s+year|in\s+total\s+since|\d+-(?:day|week|month)\b|(?:two|three|six)-"
    r"(?:week|month)|decades?|in\s+recent\s+(?:years|months|weeks)|between\s+(?:January|\d{4}))",
    re.IGNORECASE,
)
_WHICH = re.compile(r"\b(?:that|which|who)\s+(?:(?:has|had|have)\s+)?(?:[a-z]+ly\s+)?$")
# ", who came to the country last year,": no period of what the sentence tells.
_ASIDE = re.compile(_AN_ASIDE)
_RANKED = re.compile(
    r"\b(?:first|worst|deadliest|largest|biggest|highest|lowest|only)\b[^.;]{0,40}$", re.IGNORECASE
)
_FICTION = re.compile(
    r"\b(?:films?|movie|novel|series|drama|documentary|actor|actress|character|episode|starring|album"
    r"|museum|exhibition|anniversary|commemorat\w+|memorial|season|league|coach|striker|midfielder"
    r"|speech|tweet\w*|Twitter|voters?|votes|ballots?|diplomats?|ambassadors?|envoys?|attach[ée]s?)\b"
)
# Who is held for a crime is held for that, and not for having come; people die in wars, too.
_ELSEWHERE: dict[IncidentType, re.Pattern[str]] = {
    "detention": re.compile(
        r"\b(?:murder\w*|killing|rap(?:e|ing|ist)|thefts?|robbery|stabb\w+|terror\w*|shooting"
        r"|protest\w*|demonstrat\w*|rally)\b"
    ),
    "accident": re.compile(
        r"\b(?:clashes|drones?|shell(?:s|ing)|air\s?strikes?|rebels|soldiers|militants|bomb\w*"
        r"|missiles?|attack)\b"
    ),
}
_GOODS = re.compile(GOODS, re.IGNORECASE)
_PEOPLE_TOO = re.compile(rf"{SMUGGLERS}|{MIGRANTS}", re.IGNORECASE)


def happenings(text: str, start: int, end: int, present: bool, around: Passages) -> list[Happening]:
    """What a sentence asserts, the first rule of each kind that fits.

    `around` are the sentences beside it and the headings above it. In a list of news the `present`
    tense says what has just happened.
    """
    if not _ANY.search(text, start, end) or text[end - 1] == "?" or _is_beside(text, start, end):
        return []
    found: list[Happening] = []
    stands: dict[tuple[re.Pattern[str], bool], bool] = {}
    for way in _ways(present):
        rule = way.rule
        if any(h.rule.kind == rule.kind for h in found) or not way.verb.search(text, start, end):
            continue
        where = (way.near, rule.around)
        if where not in stands:
            looked = ((start, end), *around) if rule.around else ((start, end),)
            stands[where] = any(way.near.search(text, *at) for at in looked)
        if not stands[where]:
            continue
        matches = way.whole.finditer(text, start, end)
        apart = _ELSEWHERE.get(rule.kind)
        if apart and apart.search(text, start, end):
            continue
        match = next((m for m in matches if _real(text, start, m, rule.voice)), None)
        if match is None:
            continue
        which = _WHICH.search(text, start, match.start("verb")) is not None
        found.append(Happening(rule, match.start(), match.end(), match.span("verb"), which))
    return found


def _is_beside(text: str, start: int, end: int) -> bool:
    """Whether a sentence speaks of a period, of fiction or sport, or of goods alone."""
    if _FICTION.search(text, start, end):
        return True
    if _GOODS.search(text, start, end) and not _PEOPLE_TOO.search(text, start, end):
        return True
    asides = [aside.span() for aside in _ASIDE.finditer(text, start, end)]
    return any(
        not _RANKED.search(text, start, m.start()) and not any(a < m.start() < b for a, b in asides)
        for m in _PERIOD.finditer(text, start, end)
    )


def _real(text: str, start: int, match: re.Match[str], voice: str) -> bool:
    verb = match.start("verb")
    before = text[max(start, verb - 45) : verb]
    if _UNREAL.search(before) or _IF.search(text, max(start, verb - 80), verb):
        return False
    if voice == "active" and match["verb"].endswith("ed") and _ADJECTIVE.search(before):
        return False
    return voice != "noun" or not _RECALLED.search(before)
