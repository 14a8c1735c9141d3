"""The verbs that change an entry rule, what they make of it, and when it counts."""

import re
from datetime import date

import msgspec

from feeds.extractors.en.grammar.dates import MONTH, When, date_at
from feeds.extractors.en.grammar.rules import FREE, REQUIRED, REQUIREMENT, Object


class Verb(msgspec.Struct, frozen=True):
    """A verb with the object it acts on, and the action and regime that follow."""

    forms: str
    object: Object
    action: str
    regime: str


_SUSPEND = r"suspend(?:s|ed|ing)?"
_END = (
    r"(?:end(?:s|ed|ing)?|scrap(?:s|ped|ping)?|abolish(?:es|ed|ing)?|revok(?:e|es|ed|ing)"
    r"|cancel(?:s|led|ed|ling|ing)?|terminat(?:e|es|ed|ing)|withdr(?:aw|aws|ew|awn|awing))"
)
_LIFT = (
    r"(?:lift(?:s|ed|ing)?|waiv(?:e|es|ed|ing)|drop(?:s|ped|ping)?|remov(?:e|es|ed|ing)"
    r"|scrap(?:s|ped|ping)?|abolish(?:es|ed|ing)?|eliminat(?:e|es|ed|ing))"
)
_START = (
    # "grants", "offers" and "allows" describe what is; only with "will" do they change it.
    r"(?:introduc(?:e|es|ed|ing)|launch(?:es|ed|ing)?|approv(?:e|es|ed|ing)|granted|granting"
    r"|(?<=will )(?:grant|offer|allow))"
)
_IMPOSE = r"(?:introduc(?:e|es|ed|ing)|impos(?:e|es|ed|ing))"
_AGAIN = (
    r"(?:reinstat(?:e|es|ed|ing)|restor(?:e|es|ed|ing)|resum(?:e|es|ed|ing)"
    r"|reintroduc(?:e|es|ed|ing)|re-?impos(?:e|es|ed|ing))"
)
VERBS = (
    Verb(_SUSPEND, "free", "suspended", "visa-free-suspended"),
    Verb(_END, "free", "repealed", "visa-required"),
    Verb(_AGAIN, "free", "reinstated", "visa-free"),
    Verb(_START, "free", "introduced", "visa-free"),
    # Who suspends visas stops issuing them; only a suspended requirement opens the door.
    Verb(_SUSPEND, "requirement", "suspended", "visa-free"),
    Verb(_LIFT, "required", "introduced", "visa-free"),
    Verb(_AGAIN, "required", "reinstated", "visa-required"),
    Verb(_IMPOSE, "required", "introduced", "visa-required"),
)
_OBJECTS: dict[Object, str] = {"free": FREE, "required": REQUIRED, "requirement": REQUIREMENT}
_FILLER = (
    r"(?:\s+(?:the|its|their|a|an|all|any|current|existing|temporary|temporarily|new|short-term"
    r"|mutual)){0,3}"
)
_ACTIVE = {
    verb: re.compile(rf"\b(?P<verb>{verb.forms}){_FILLER}\s+(?P<object>{_OBJECTS[verb.object]})\b",
                     re.IGNORECASE)
    for verb in VERBS
}  # fmt: skip
_PASSIVE = {
    verb: re.compile(
        rf"\b(?P<object>{_OBJECTS[verb.object]})\b(?P<middle>[^.;“”\"]{{0,90}}?)\s+"
        rf"(?:(?:has|have|had)\s+been|was|were|will\s+be|is\s+being|are\s+being|is\s+to\s+be|will)"
        rf"\s+(?:temporarily\s+|indefinitely\s+)?(?P<verb>{verb.forms})\b",
        re.IGNORECASE,
    )
    for verb in VERBS
}
# Wished, denied, feared or asked, or somebody else's: not a change that was made.
_UNREAL = re.compile(
    r"\b(?:consider(?:s|ed|ing)?|(?-i:may)|might|could|would|should|can|cannot|plans?|planned|planning"
    r"|propos(?:e|es|ed|ing|al)|threaten(?:s|ed|ing)?|urg(?:e|es|ed|ing)|call(?:s|ed|ing)?\s+(?:on|for)"
    r"|refus(?:e|es|ed|ing)|den(?:y|ies|ied|ying)|not|never|no\s+longer|if|whether|unless|want(?:s|ed)?"
    r"|hop(?:e|es|ed|ing)|seek(?:s|ing)?|sought|ask(?:s|ed|ing)|discuss(?:es|ed|ing)?|debat(?:e|es|ed|ing)"
    r"|reject(?:s|ed|ing)|recommend(?:s|ed|ing)?|rumou?rs?|speculation|possib(?:le|ly|ility)"
    r"|petition|bill|draft|demand(?:s|ed|ing)?|negotiat(?:e|es|ed|ing)|mull(?:s|ed|ing)?"
    r"|n[’']t|without|delay(?:s|ed|ing)?|postpon(?:e|es|ed|ing)|before|campaign(?:s|ed)?"
    r"|pledg(?:e|es|ed|ing)|promis(?:e|es|ed|ing)|vow(?:s|ed|ing)?|temptation|risk|what)\b"
    r"|n[’']t\b",
    re.IGNORECASE,
)


_ANNOUNCED = re.compile(r"\b(?:announced|said|confirmed|declared|decided)\b[^;“”\"]{0,60}$")


class Change(msgspec.Struct, frozen=True):
    """A sentence's words for a change: the verb, its object, and where each stands."""

    verb: Verb
    verb_at: tuple[int, int]
    object_at: tuple[int, int]
    passive: bool

    @property
    def first(self) -> int:
        """Where the words of the change begin."""
        return min(self.verb_at[0], self.object_at[0])

    @property
    def last(self) -> int:
        """Where the words of the change end."""
        return max(self.verb_at[1], self.object_at[1])


def change(text: str, start: int, end: int) -> Change | None:
    """The first change that a sentence asserts as made or decided."""
    for passive, table in ((False, _ACTIVE), (True, _PASSIVE)):
        for verb, pattern in table.items():
            match = pattern.search(text, start, end)
            if match is None or _unreal(text, start, match.end()):
                continue
            return Change(verb, match.span("verb"), match.span("object"), passive)
    return None


def _unreal(text: str, start: int, end: int) -> bool:
    """Whether a word makes it less than a fact; "announced that it would" is one all the same."""
    return any(
        word[0].lower() != "would" or not _ANNOUNCED.search(text, start, word.start())
        for word in _UNREAL.finditer(text, start, end)
    )


_STARTS = re.compile(
    r"\b(?:starting|beginning|commencing|effective|as\s+of|as\s+from|with\s+effect\s+from|from"
    r"|(?:(?:takes?|taking|come[s]?|coming|enters?|entering|go(?:es)?|going|took|came)\s+"
    r"(?:into\s+)?(?:effect|force)))(?:\s+(?:on|from|as\s+of|in))?\s+(?=\S)"
)
_UNTIL = re.compile(r"\b(?:until|through|till|up\s+to)\s+(?:the\s+end\s+of\s+)?(?=\S)")
_ON = re.compile(
    rf"\b(?:[Oo]n|[Ii]n|said|announced)\s+(?=(?:{MONTH}|[A-Z][a-z]+day|[0-3]?\d\s|(?:19|20)\d\d))"
    r"|\b(?=(?:[Tt]oday|[Yy]esterday|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b)"
)
_PAST = re.compile(r"\b(?!been\b)\w+(?:ed|ew|rew)\b")
_AT_ONCE = re.compile(
    r"\b(?:with\s+immediate\s+effect|effective\s+immediately|immediately|at\s+once)\b"
)
_LATER = re.compile(
    r"^(?:The|This|That)\s+(?:measure|suspension|decision|change|move|policy|rule|requirement|ban"
    r"|decree|order|resolution|exemption|waiver|visa\s+requirement)s?\b[^.“”\"]{0,60}?"
    r"\b(?:takes?|will\s+take|comes?|will\s+come|enters?|will\s+enter|goes|will\s+go|is|starts?"
    r"|will\s+start|begins?|will\s+begin|applies|will\s+apply)\b"
)


class Times(msgspec.Struct, frozen=True):
    """When a change counts and when it was announced, as far as a sentence says."""

    effective_from: When | None = None
    effective_to: When | None = None
    announced_on: When | None = None
    immediate: tuple[int, int] | None = None


def times(text: str, start: int, end: int, verb_at: int, today: date | None) -> Times:
    """The dates of a change in its sentence.

    A bare "on DATE" before publication is when it was announced; after it, when it takes effect.
    """
    effective = _after(_STARTS, text, verb_at, end, today)
    until = _after(_UNTIL, text, verb_at, end, today)
    at_once = _AT_ONCE.search(text, verb_at, end)
    announced = None
    for cue in _ON.finditer(text, start, end):
        when = date_at(text, cue.end(), end, today, "near")
        if when is None or "/" in when.edtf or _taken(when, effective, until):
            continue
        if today and when.edtf > today.isoformat():
            # "Ended on September 10" tells of the past: which year is not said, so no date.
            future = not _PAST.search(text, verb_at, cue.start()) and cue.start() >= verb_at
            effective = effective or (when if future else None)
        elif today and len(when.edtf) == len("2024-06-18") and announced is None:
            announced = when if _speaks_of_announcing(text, start, cue.start(), verb_at) else None
    return Times(effective, until, announced, at_once.span() if at_once else None)


def _taken(when: When, *others: When | None) -> bool:
    return any(other is not None and other.start == when.start for other in others)


def _speaks_of_announcing(text: str, start: int, cue: int, verb_at: int) -> bool:
    # "on Tuesday announced", "suspended on Tuesday", but not "on June 20 is World Refugee Day".
    near = text[max(start, cue - 60) : cue + 60]
    return abs(cue - verb_at) <= 30 or re.search(
        r"\b(?:announc\w+|said|declared|decreed|signed|issued|approved|ordered|adopted)\b", near
    ) is not None  # fmt: skip


def _after(
    cues: re.Pattern[str], text: str, start: int, end: int, today: date | None
) -> When | None:  # fmt: skip
    for cue in cues.finditer(text, start, end):
        when = date_at(text, cue.end(), end, today, "near")
        if when and "/" not in when.edtf:
            return when
    return None


def later_effect(text: str, start: int, end: int, today: date | None) -> When | None:
    """The day in a sentence of its own: "The measure takes effect on July 1."."""
    match = _LATER.search(text[start:end])
    if match is None or _UNREAL.search(text, start, end):
        return None
    return _after(_STARTS, text, start, end, today) or _after(_ON, text, start, end, today)
