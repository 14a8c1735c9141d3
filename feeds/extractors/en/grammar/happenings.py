"""What happens to migrants, refugees, deportees and smugglers of people, as sentences assert it."""

import re
from functools import cache

import msgspec

from feeds.extractors.en.grammar.migrants import (
    BOAT,
    CROSSING,
    GOODS,
    IMMIGRATION,
    MIGRANTS,
    PERSONS,
    SMUGGLERS,
    VEHICLE,
)
from feeds.extractors.en.grammar.tolls import NUMBER
from tracker.domain.values import IncidentType

# Verbs as base, present, past, participle; regular ones are inflected from the base.
_IRREGULAR = {
    "hold": ("holds", "held", "held"),
    "catch": ("catches", "caught", "caught"),
    "find": ("finds", "found", "found"),
    "sink": ("sinks", "sank|sunk", "sunk"),
    "shoot": ("shoots", "shot", "shot"),
    "freeze": ("freezes", "froze", "frozen"),
    "lose": ("loses", "lost", "lost"),
    "bust": ("busts", "busted|bust", "busted"),
    "break": ("breaks", "broke", "broken"),
    "send": ("sends", "sent", "sent"),
    "fly": ("flies", "flew", "flown"),
    "take": ("takes", "took", "taken"),
    "beat": ("beats", "beat", "beaten"),
    "set": ("sets", "set", "set"),
    "hit": ("hits", "hit", "hit"),
    "stop": ("stops", "stopped", "stopped"),
    "go": ("goes", "went", "gone"),
    "die": ("dies", "died", "died"),
    "stab": ("stabs", "stabbed", "stabbed"),
    "kidnap": ("kidnaps", "kidnapped", "kidnapped"),
    "expel": ("expels", "expelled", "expelled"),
    "run": ("runs", "ran", "run"),
    "drive": ("drives", "drove", "driven"),
}


class Verbs(msgspec.Struct, frozen=True):
    """The forms of some verbs that assert: at present, in the past, and as participles."""

    present: str
    past: str
    participle: str
    going: str


def _regular(base: str) -> tuple[str, str, str]:
    if base.endswith("e"):
        return f"{base}s", f"{base}d", f"{base}d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ies", f"{base[:-1]}ied", f"{base[:-1]}ied"
    third = f"{base}es" if base.endswith(("s", "sh", "ch", "x")) else f"{base}s"
    return third, f"{base}ed", f"{base}ed"


def verbs(words: str) -> Verbs:
    """The forms of verbs; an underscore joins a verb to its particle, as in "send_back"."""
    present: list[str] = []
    past: list[str] = []
    participle: list[str] = []
    going: list[str] = []
    for word in words.split():
        base, _, rest = word.partition("_")
        tail = r"\s+" + rest.replace("_", r"\s+") if rest else ""
        third, *forms = _IRREGULAR.get(base) or _regular(base)
        present += [base + tail, third + tail]
        past += [form + tail for form in forms[0].split("|")]
        participle.append(forms[1] + tail)
        stem = base[:-1] if base.endswith("e") and base != "die" else base
        going.append((stem + stem[-1] if base in ("stab", "stop", "kidnap", "expel") else stem)
                     + "ing" + tail)  # fmt: skip
    joined = ("|".join(forms) for forms in (present, past, participle, going))
    return Verbs(*(rf"(?:{forms})" for forms in joined))


_GAP = r"(?:[^.;:()“”\"]{0,60}?)"
# Between a verb and whom it concerns nobody else is concerned: "arrest a judge accused of hiding".
_OBJECT_GAP = (
    r"(?:(?!\b(?:accused|suspected\s+of|for|who|after|over|from|against|when|by|charged)\b)"
    r"[^.;:()“”\"]){0,60}?"
)
_IS = r"(?:is|are|was|were|been|being|get|gets|got)(?:\s+\w+ed\s+and)?(?:\s+(?:also|reportedly|later|then|\w+ly))?"
_FEARED = r"(?:(?:is|are|was|were)\s+(?:feared|believed|presumed|confirmed|reported)\s+(?:to\s+(?:have\s+)?)?)"
_NUMBERED = rf"(?:(?i:{NUMBER})(?:\s+[\w’'-]+){{0,3}}?\s+{PERSONS})"
_SOME = rf"(?:{MIGRANTS}|{_NUMBERED}|\b(?:[Dd]ozens|[Hh]undreds|[Ss]cores|[Tt]housands)\b)"


class Rule(msgspec.Struct, frozen=True):
    """One way in which English says that something of a kind happens.

    `to`: whom the verbs concern. `active`, `passive`, `intransitive` say on which side they stand.
    `near`: words that must stand in the sentence. `around`: that the words may as well stand in
    the sentences beside it. `feared` lets "may have" pass, as it does for the dead.
    """

    name: str
    kind: IncidentType
    verbs: str
    to: str
    voice: str
    near: str = ""
    around: bool = False
    feared: bool = False
    counts: bool = False
    """Whether the number beside the verb counts those concerned."""
    sure: str = "0.8"


_SOMEBODY = (
    r"\b[Aa]n?\s+(?:[\w-]+\s+){1,4}?(?:girl|boy|man|woman|child|baby|toddler|teenager|detainee|family"
    r"|couple)\b"
)
_HELD = (
    "arrest detain apprehend intercept round_up hold catch capture nab take_into_custody seize stop"
)
_TRIED = f"{_HELD} charge indict convict sentence jail extradite imprison"
_SENT = (
    "deport expel remove return send_back turn_back push_back fly_back drive_back turn_away transfer "
    "abandon"
)
_REMOVED = f"{_SENT} repatriate send fly_home"
# Who repatriates people may be their own country that brings them home.
_THE_LAND = "deport expel"
_DIED = "die drown suffocate perish freeze_to_death asphyxiate lose_their_lives"
_OF_MIGRANTS = rf"(?i:{MIGRANTS}|{CROSSING}|\b(?:im)?migrants?\b|{SMUGGLERS}|\bRohingya\b)"
_KEPT = rf"{IMMIGRATION}|{MIGRANTS}"
_ANYBODY = rf"{MIGRANTS}|{PERSONS}"

RULES: tuple[Rule, ...] = (
    # Boats and other vehicles.
    Rule("vessel-lost", "drowning", "capsize sink overturn founder run_aground break_up flip_over go_down crash collide",
         BOAT, "intransitive", _OF_MIGRANTS, around=True, sure="0.9"),
    Rule("vessel-noun", "drowning", r"\b(?:shipwreck|boat\s+disaster|capsizing|sinking\s+of)\b", "", "noun",
         _OF_MIGRANTS, around=True),
    Rule("vehicle-crash", "accident", "crash collide overturn plunge hit", VEHICLE, "intransitive",
         _OF_MIGRANTS),
    # Deaths.
    Rule("migrants-die", "other", _DIED, MIGRANTS, "intransitive", feared=True, sure="0.9"),
    Rule("persons-die", "other", _DIED, _NUMBERED, "intransitive", _OF_MIGRANTS, feared=True),
    Rule("migrants-killed", "killing", "kill shoot murder execute massacre", MIGRANTS, "passive", feared=True,
         sure="0.9"),
    Rule("kills-migrants", "killing", "kill murder execute massacre", MIGRANTS, "active", sure="0.9"),
    Rule("persons-killed", "accident", "kill", _NUMBERED, "passive", _OF_MIGRANTS, feared=True),
    Rule("kills-persons", "accident", "kill", rf"(?i:{NUMBER})", "active", _OF_MIGRANTS),
    Rule("found-dead", "other", r"\b(?:found|discovered|shot|stabbed)\s+dead\b", _SOME, "after", _OF_MIGRANTS,
         sure="0.9"),
    Rule("deaths-of", "other",
         rf"\b(?:deaths?|bodies|body|remains|drownings?|killings?|loss)\s+of\s+(?:[\w’'-]+\s+){{0,4}}?{MIGRANTS}", "",
         "noun", sure="0.9"),
    Rule("loss-of-life", "other", r"\b(?:tragic\s+)?loss\s+of\s+(?:human\s+)?life\b", "", "noun", _OF_MIGRANTS,
         around=True),
    Rule("dies-in-custody", "other", "die", _SOMEBODY, "intransitive",
         rf"{CROSSING}|\b(?:Border\s+Patrol|ICE|[Ii]mmigration)\b|\b(?:im)?migrant\b"),
    Rule("dead-noun", "other", rf"(?:(?i:{NUMBER})(?:\s+[\w’'-]+){{0,2}}?\s+(?:dead|bodies|deaths)\b)", "", "noun",
         rf"{MIGRANTS}|{CROSSING}|{SMUGGLERS}"),
    # Taken by force.
    Rule("kidnapped", "kidnapping", "kidnap abduct take_hostage", MIGRANTS, "passive", counts=True, sure="0.9"),
    Rule("kidnaps", "kidnapping", "kidnap abduct take_hostage", MIGRANTS, "active", counts=True, sure="0.9"),
    # Smugglers and traffickers of people.
    Rule("smugglers-held", "smuggling", _TRIED + " dismantle bust break_up raid", _SOME + rf"|{SMUGGLERS}"
         r"|\b(?:[Aa]|[Tt]he|[Aa]n)\s+(?:[\w-]+\s+){0,4}(?:man|woman|ring|network|gang|suspects?|leader|group|captain"
         r"|driver|organi[sz]ation|couple|smuggler|trafficker)\b", "active", SMUGGLERS, counts=True, sure="0.9"),
    Rule("smugglers-are-held", "smuggling", _TRIED + " dismantle bust break_up raid", _SOME + rf"|{SMUGGLERS}"
         r"|\b(?:[Aa]|[Tt]he|[Aa]n|[Tt]wo)\s+(?:[\w-]+\s+){0,4}(?:man|men|woman|ring|network|gang|suspects?|leader|group|captain"
         r"|driver|organi[sz]ation|couple|smugglers?|traffickers?)\b", "passive", SMUGGLERS, counts=True, sure="0.9"),
    # Sent away.
    Rule("removes", "expulsion", _REMOVED, MIGRANTS, "active", counts=True),
    Rule("removed", "expulsion", _REMOVED, MIGRANTS, "passive", counts=True),
    Rule("deports", "expulsion", _THE_LAND, _ANYBODY, "active", counts=True),
    Rule("deported", "expulsion", _THE_LAND,
         rf"{_SOME}|\b[Aa]n?\s+(?:[\w’'-]+\s+){{1,4}}?[\w’'-]+\b", "passive", counts=True),
    Rule("sends-away", "expulsion", _SENT, _NUMBERED, "active", IMMIGRATION, counts=True),
    Rule("deported-persons", "expulsion",
         rf"\b(?:deported|expelled)\s+(?:[\w-]+\s+){{0,2}}?(?:{_ANYBODY})", "", "noun", counts=True),
    Rule("deportation-flight", "expulsion", "arrive land depart leave carry take_off",
         r"\b(?:deportation|repatriation|removal)\s+(?:flight|plane)s?|\b(?:plane|flight|aircraft)\s+"
         r"(?:[\w-]+\s+){0,2}?(?:carrying|with|of)\s+(?:[\w-]+\s+){0,4}?deportees|\bdeportees\b", "intransitive",
         counts=True),
    # Held.
    Rule("holds-migrants", "detention", _HELD, MIGRANTS, "active", counts=True),
    Rule("migrants-held", "detention", _HELD, MIGRANTS, "passive", counts=True),
    Rule("holds-persons", "detention", _HELD, _SOME, "active", _KEPT, counts=True),
    Rule("persons-held", "detention", _HELD, _SOME, "passive", _KEPT, counts=True),
    Rule("raid", "detention", "raid", "", "bare", IMMIGRATION),
    # Violence.
    Rule("attacks-migrants", "attack", "attack assault beat stab shoot fire_at fire_on open_fire_on torture",
         MIGRANTS, "active"),
    Rule("migrants-attacked", "attack", "attack assault beat stab shoot wound injure torture", MIGRANTS, "passive"),
    Rule("force-used", "attack", r"\b(?:tear\s+gas|water\s+cannons?|rubber\s+bullets|live\s+ammunition)\b", "",
         "noun", MIGRANTS),
    Rule("clash", "protest", "clash riot storm", MIGRANTS, "intransitive"),
    Rule("crowd-clashes", "protest", "clash riot", r"\b(?:[Pp]rotesters|[Dd]emonstrators|[Rr]ioters|[Cc]rowds?|[Mm]obs?"
         r"|[Rr]esidents)\b", "intransitive", r"\b(?:asylum|(?i:anti-)?(?:im)?migra\w+|refugees?|ICE)\b"),
    Rule("rush-the-border", "protest", "storm rush breach break_through scale try_to_storm try_to_break "
         "try_to_force attempt_to_storm attempt_to_break",
         r"\b(?:border|fence|crossing|frontier)\b", "active", MIGRANTS),
    Rule("anti-migrant-riot", "protest",
         r"\banti-(?:im)?migra(?:nt|tion)\s+(?:riots?|violence|unrest|disorder|clashes|pogrom)", "", "noun"),
    Rule("shelter-attacked", "attack", "attack storm torch firebomb burn_down open_fire_on shoot_at",
         r"\b(?:asylum[\s-]seekers?|refugees?|(?:im)?migrants?)['’]?s?\s+(?:hotel|hostel|accommodation|shelter"
         r"|cent(?:re|er)|camp|home)|\b(?:ICE|immigration|Border\s+Patrol)\s+(?:facility|office|detention|agents|officers"
         r"|building)", "active"),
    Rule("blocks", "other", "block repel thwart", MIGRANTS, "active", counts=True, sure="0.7"),
    Rule("camp-cleared", "other", "clear evacuate dismantle", r"\b(?:camp|encampment|squat)\b", "active",
         MIGRANTS, sure="0.7"),
    # Rescues and arrivals.
    Rule("rescues", "other", "rescue save pick_up", _SOME, "active", _OF_MIGRANTS, counts=True, sure="0.7"),
    Rule("rescued", "other", "rescue save", _SOME, "passive", _OF_MIGRANTS, counts=True, sure="0.7"),
    Rule("vessel-lands", "other", "arrive land dock disembark", BOAT, "intransitive", _OF_MIGRANTS, counts=True,
         sure="0.7"),
    Rule("crowd-arrives", "other", "arrive reach cross_into leave depart set_off set_out enter", r"\b(?:[Dd]ozens|[Hh]undreds|[Tt]housands|[Ss]cores)"
         rf"\s+of\s+(?:[\w’'-]+\s+){{0,3}}?{MIGRANTS}|\b(?:im)?migrant\s+caravan", "intransitive", sure="0.7"),
)  # fmt: skip


Passages = tuple[tuple[int, int], ...]


class Happening(msgspec.Struct, frozen=True):
    """Where a sentence asserts that something happens, and by which rule it was read."""

    rule: Rule
    start: int
    end: int
    verb: tuple[int, int]


@cache
def _compiled(present: bool) -> tuple[tuple[Rule, re.Pattern[str], re.Pattern[str]], ...]:
    """The rules as patterns; outside lists of news the present tense says what is usual."""
    return tuple(
        (rule, re.compile(_pattern(rule, present)), re.compile(rule.near)) for rule in RULES
    )


def _pattern(rule: Rule, present: bool) -> str:
    if rule.voice == "noun":
        return rf"(?P<verb>{rule.verbs})"
    if rule.voice == "after":
        return rf"{rule.to}{_GAP}(?P<verb>{rule.verbs})"
    forms = verbs(rule.verbs)
    told = rf"{forms.past}|(?:have|has|had)\s+(?:\w+ly\s+)?{forms.participle}"
    active = rf"{told}|{forms.present}" if present else told
    if rule.voice == "active":
        # "Arrest a man for smuggling migrants" concerns the man, and is told by what he did.
        gap = _GAP if rule.kind == "smuggling" else _OBJECT_GAP
        return rf"\b(?P<verb>{active}|{forms.going})\b{gap}(?P<to>{rule.to})"
    if rule.voice == "bare":
        return rf"\b(?P<verb>{active}|raids?)\b"
    if rule.voice == "passive":
        return rf"(?P<to>{rule.to}){_GAP}\b(?P<verb>{_IS}\s+{forms.participle})\b"
    feared = rf"|{_FEARED}(?:{forms.participle}|dead)|(?:may|might)\s+have\s+{forms.participle}"
    return rf"(?P<to>{rule.to}){_GAP}\b(?P<verb>{active}{feared if rule.feared else ''})\b"


_UNREAL = re.compile(
    r"(?:\b(?:will|would|could|may|might|should|shall|can|cannot|must|to|not|never|if|unless|whether"
    r"|without|no|nor|avoid\w*|prevent\w*|stop|against|risk|fear(?:s|ed)?|accus\w+|alleg\w+|plan\w*"
    r"|propos\w+|threat\w*|want\w*|seek\w*|vow\w*|consider\w*|allow\w*|order\w*|hop\w+|before|for"
    r"|about|of|like)|n[’']t)\s+(?:(?:be|been|have|has|also|then|it|\w+ly)\s+){0,2}$",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b(?:if|unless|whether|would|could|should|calls?\s+for|plans?\s+to)\b", re.IGNORECASE
)
# Every rule needs one of these, and most sentences of most texts have none.
_ANY = re.compile(
    r"migra|efugee|sylum|eport|xpel|muggl|raffick|\bICE\b|Border Patrol|oat|essel|\bship|ingh(?:y|ies)"
    r"|apsiz|rown|oss of |ohingya|towaway|epatriat|ndocumented|visas?\b|llegal|canoe|raft|ferry|trawler"
    r"|yacht|scam|crossing|to (?:cross|reach|enter)"
)
# "Receives 135 deported migrants", "over the deaths of ten": what happened before.
_ADJECTIVE = re.compile(r"(?:\d|\b(?:of|with|carrying|the|newly|recently|many|more))\s+$")
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
_RANKED = re.compile(
    r"\b(?:first|worst|deadliest|largest|biggest|highest|lowest|only)\b[^.;]{0,40}$", re.IGNORECASE
)
_FICTION = re.compile(
    r"\b(?:films?|movie|novel|series|drama|documentary|actor|actress|character|episode|starring|album"
    r"|museum|exhibition|anniversary|commemorat\w+|memorial|season|league|coach|striker|midfielder"
    r"|diplomats?|ambassadors?|envoys?|attach[ée]s?)\b"
)
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
    for rule, pattern, near in _compiled(present):
        if any(h.rule.kind == rule.kind for h in found):
            continue
        looked = ((start, end), *around) if rule.around else ((start, end),)
        if rule.near and not any(near.search(text, *at) for at in looked):
            continue
        match = next(
            (m for m in pattern.finditer(text, start, end) if _real(text, start, m, rule.voice)),
            None,
        )
        if match is None:
            continue
        found.append(Happening(rule, match.start(), match.end(), match.span("verb")))
    return found


def _is_beside(text: str, start: int, end: int) -> bool:
    """Whether a sentence speaks of a period, of fiction or sport, or of goods alone."""
    if _FICTION.search(text, start, end):
        return True
    if _GOODS.search(text, start, end) and not _PEOPLE_TOO.search(text, start, end):
        return True
    return any(
        not _RANKED.search(text, start, m.start()) for m in _PERIOD.finditer(text, start, end)
    )


def _real(text: str, start: int, match: re.Match[str], voice: str) -> bool:
    verb = match.start("verb")
    before = text[max(start, verb - 45) : verb]
    if _UNREAL.search(before) or _IF.search(text, max(start, verb - 80), verb):
        return False
    if voice == "active" and match["verb"].endswith("ed") and _ADJECTIVE.search(before):
        return False
    return voice != "noun" or not _RECALLED.search(before)
