"""Counts of people crossing borders, however the sentence is built: a number, whom, and what.

    "resettled 96,900 refugees"   "650 Omani nationals are detained in Chile"   "300 deportations"

What is counted must be of the field by itself (refugees, visas, deportations) or by what happens
to it. The toll of one happening is no statistic: such words count only with a period, or in a tense
that sums up.
"""

import re
from functools import cache
from typing import Literal

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.numbers import Quantity
from feeds.extractors.en.grammar.tally_terms import (
    ACTS,
    FIELD,
    FLOWS,
    NEUTRAL,
    OF_FIELD,
    PEOPLES,
    ROUTES,
    THINGS,
    Act,
)

SPOKEN_OF = "tally-spoken-of"
At = tuple[int, int]
Side = Literal["before", "after"]


# Between a number and its noun stand adjectives: neither small words nor other nouns in the plural.
_WORD = (
    r"(?!(?:of|in|on|at|to|and|or|for|from|by|with|who|that|were|was|are|is|have|has|had|as|than|when|after)\b"
    r"|[a-z]*[^\Wsu]s\b|(?:carry|help|hous|host|contain|transport|hold|bring|involv|includ|kill|support)ing\b)"
    r"[\w’'-]+"
)
_SUMS_UP = re.compile(
    r"\bso\s+far\s+$|\b(?:have|has|had)\s+(?:\w+ly\s+|already\s+|since\s+|been\s+|also\s+)*$"
    r"|\btotal\s+of\b|\b[Tt]here\s+(?:are|were)\s+(?:\w+\s+)?$|\b(?:have|has)\s+(?:\w+\s+){1,2}$",
    re.IGNORECASE,
)
# What is so, and what is done over and over: "are detained", but not "are rescued" of one day.
_STANDS = re.compile(
    r"\b(?:are|is|remain|being)\s+(?:\w+ly\s+|still\s+|being\s+|now\s+)*$", re.IGNORECASE
)
_STATES = frozenset({"detained", "stranded"})
_BEEN = re.compile(r"\s+(?:have|has|had)\s+(?:\w+ly\s+|already\s+|now\s+)?been\b")
_TOGETHER = re.compile(
    r"\b(?:a\s+total\s+of|since|so\s+far|to\s+date|(?:every|each|per|a)\s+(?:year|month|week|day)|annually"
    r"|daily)\b",
    re.IGNORECASE,
)
# "The number of refugees has risen to …", "asylum applications totalled …"
_REACHED = (
    r"(?:has|have|had|was|were|is|are|st(?:oo|an)ds?|rose|rises|fell|falls|reach(?:ed|es)|hits?|pass(?:ed|es)"
    r"|top(?:ped|s)|climb(?:ed|s)|drop(?:ped|s)|gr(?:e|o)ws?|totall?ed|averaged?|number(?:ed|s)|amount(?:ed|s)\s+to"
    r"|surge[ds]|jump(?:ed|s)|soar(?:ed|s)|rocketed|swelled|slumped|plunged|doubled|tripled|surpasse[ds]"
    r"|exceed(?:ed|s)|decline[ds]|increase[ds]|decrease[ds])"
)
_ON_ITS_WAY = (
    r"(?:\s+(?:now|since|already|risen|fallen|grown|increased|climbed|dropped|reached|at|to|swelled|up|jumped"
    r"|soared|surged|more\s+than|nearly|almost|doubled|tripled|quadrupled|halved|plunged|slumped|shrunk|topped"
    r"|passed|hit|exceeded|surpassed|been|a|record|by|about|sharply|slightly|\d[\d.,]*\s?(?:%|percent|per\s+cent)"
    r"|from\s+(?:\w+\s+){0,2}\d[\d.,]*\w*(?:\s+million)?(?:\s+(?:in\s+)?(?:\w+\s+)?(?:\d{4}|year|earlier))?))*"
)
_RISEN = re.compile(
    rf"\b[Nn]umbers?\s+of\s+(?P<term>[^,;.]{{3,90}}?)\s+{_REACHED}{_ON_ITS_WAY}\s+$"
)


class Tally(msgspec.Struct, frozen=True):
    """A number with those it counts, and what is done by or to them."""

    quantity: Quantity
    term: str | None
    term_at: At
    metric: str
    metric_at: At
    rule: str
    end: int
    counterpart: places.Place | None
    happening: bool
    """Whether it may be the toll of one occasion."""
    side: Side | None
    """Where the act stands: behind those it is done by or to, or before the number."""
    sums_up: bool


class _Patterns(msgspec.Struct, frozen=True):
    """The words of counts, compiled once."""

    field: tuple[tuple[re.Pattern[str], str], ...]
    neutral: re.Pattern[str]
    things: tuple[tuple[re.Pattern[str], str], ...]
    acts: tuple[tuple[Act, re.Pattern[str]], ...]
    subjects: tuple[tuple[re.Pattern[str], str], ...]


@cache
def _patterns() -> _Patterns:
    lead = rf"\s+(?:of\s+(?:the\s+)?)?(?P<term>(?:{_WORD}\s+){{0,4}}?"
    demonym = rf"(?:{places.pattern_text()})"
    things = (*THINGS, *FLOWS)
    return _Patterns(
        tuple((re.compile(rf"{lead}(?:{words}))\b", re.IGNORECASE), m) for words, m in FIELD),
        re.compile(rf"{lead}(?:(?:{demonym}\s+)?(?:{NEUTRAL})|(?P<people>{demonym})))(?![\w-])"),
        tuple((re.compile(rf"{lead}(?:{words}))\b", re.IGNORECASE), m) for words, m in THINGS),
        tuple((act, re.compile(rf"\b(?:{act.words})\b")) for act in ACTS),
        tuple(
            (
                re.compile(
                    rf"\b(?P<term>{words})\b(?:\s+(?:in|to|by|from|of|at|for|on|across)\s+[^,;.]{{2,50}}?)?"
                    rf"\s+{_REACHED}{_ON_ITS_WAY}\s+$",
                    re.IGNORECASE,
                ),
                metric,
            )
            for words, metric in things
        ),
    )


def tally(
    text: str, start: int, end: int, quantity: Quantity, of_field: bool = False
) -> Tally | None:
    """What a number of a sentence counts, if that is of the field.

    `of_field` says that the text around the sentence is, where the sentence itself has no word of it.
    """
    patterns = _patterns()
    stop = clause_end(text, quantity.end, end)
    for pattern, metric in patterns.things:
        if match := pattern.match(text, quantity.end, stop):
            if of_field or is_of_field(text, start, end):
                refused = metric in _REFUSABLE and _is_refused(text, start, match, quantity, stop)
                made = _made(text, start, end, quantity, match,
                             "visas-refused" if refused else metric, None, "tally-things")  # fmt: skip
                return _with_whom(made, text, match.end(), stop)
            return None
    for pattern, metric in patterns.field:
        if match := pattern.match(text, quantity.end, stop):
            act = _act(text, start, quantity, match.end(), stop)
            rule = f"tally-{act[0].name}" if act else "tally-field"
            return _made(
                text, start, end, quantity, match, act[0].metric if act else metric, act, rule
            )
    risen = _risen(text, start, quantity)
    if risen:
        return risen
    match = patterns.neutral.match(text, quantity.end, stop)
    if match is None or not _is_of_people(text, match):
        return None
    act = _act(text, start, quantity, match.end(), stop)
    if act is None:
        return None
    if not (act[0].scoped or _is_told_of_field(text, start, end, stop, act[0], match, of_field)):
        return None
    return _made(text, start, end, quantity, match, act[0].metric, act, f"tally-{act[0].name}")


_REFUSABLE = frozenset({"visas-issued", "other"})
_REFUSED = r"(?:refused|denied|rejected|revoked|cancel(?:l)?ed|turned\s+down|withdrawn)"
_REFUSED_BEFORE = re.compile(rf"\b{_REFUSED}\s+(?:\w+\s+){{0,2}}$")
_REFUSED_AFTER = re.compile(
    rf"[^,;.]{{0,40}}?\b(?:were|was|been|being)\s+(?:\w+ly\s+)?{_REFUSED}\b"
)


def _is_refused(text: str, start: int, match: re.Match[str], quantity: Quantity, stop: int) -> bool:
    if "visa" not in match["term"].lower():
        return False
    return (
        _REFUSED_BEFORE.search(text, start, quantity.start) is not None
        or _REFUSED_AFTER.match(text, match.end(), stop) is not None
    )


def _is_told_of_field(
    text: str, start: int, end: int, stop: int, act: Act, match: re.Match[str], of_field: bool
) -> bool:
    """Whether an act that may be anybody's is done here by or to people who cross borders."""
    if act.metric in _MOVES and _abroad(text, start, stop, match):
        return True
    if act.metric in _AT_SEA:
        # Near a border people die of much else.
        return ROUTES.search(text, start, end) is not None
    # Arrests beside a report on migrants may be anybody's.
    return (of_field and not act.happening) or is_of_field(text, start, end)


_AT_SEA = frozenset({"deaths", "rescues"})
_MOVES = frozenset({
    "border-entries", "border-exits", "irregular-crossings", "resettlements", "migrants", "detentions",
    "removals",
})  # fmt: skip
_GUESTS = re.compile(r"\b(?:tourists|visitors|passengers|students|pilgrims|guests)\b")
# After a people that is no plural must come what no adjective has behind it.
_NO_NOUN = re.compile(
    r"\s*(?:[,.;)]|$)|\s+(?:have|has|had|were|are|who|in|from|to|into|at|and|across|with|without|since|on)\b"
)


def _is_of_people(text: str, match: re.Match[str]) -> bool:
    """Whether a bare demonym names people: "900 Cubans", "900 Chinese in …", not "900 Chinese goods"."""
    people = match["people"]
    if people is None:
        return True
    place = places.place_at(text, *match.span("people"))
    if place is None or place.kind != "adjective":
        return False
    plural = people.endswith("s") and not people.endswith("ss")
    return plural or _NO_NOUN.match(text, match.end()) is not None


_STATELESS = re.compile(rf"(?:{PEOPLES})$")


def _abroad(text: str, start: int, stop: int, match: re.Match[str]) -> bool:
    """Whether people of one country are told of beside the name of another."""
    who = _people(text, match.span("term"))
    if _GUESTS.search(match["term"]):
        return False
    if who is None and not _STATELESS.search(match["term"]):
        return False
    return any(
        p.is_country and p.kind == "name" and not (who and p.code == who.code)
        for p in places.places(text, start, stop)
    )


_WHOM = re.compile(r"\s+(?:\w+\s+)?(?:by|from|of|to|for|among)\s+(?=(?P<of>(?:[\w’'-]+\s*){1,4}))")


def _with_whom(counted: Tally, text: str, at: int, stop: int) -> Tally:
    """Acts that are counted have people if the text names them: "9,000 visas to Cuban nationals"."""
    after = _WHOM.match(text, at, stop)
    named = last_people(text, after.start("of"), after.end("of")) if after else None
    inside = counted.counterpart
    if named is None:
        return msgspec.structs.replace(counted, term=None, counterpart=inside)
    term, term_at, who = named
    return msgspec.structs.replace(counted, term=term, term_at=term_at, counterpart=who or inside)


def _risen(text: str, start: int, quantity: Quantity) -> Tally | None:
    """A subject that is counted by its verb: "the number of refugees has risen to 70m"."""
    patterns = _patterns()
    low = max(start, quantity.start - 150)
    number_of = _RISEN.search(text, low, quantity.start)
    if number_of:
        at = number_of.span("term")
        for group in (patterns.things, patterns.field):
            for pattern, metric in group:
                if match := pattern.match(f" {number_of['term']}"):
                    at = (at[0], at[0] + match.end() - 1)
                    counted = _subject(text, quantity, at, metric, "tally-number-of")
                    people = group is patterns.field
                    return counted if people else _with_whom(counted, text, at[1], quantity.start)
        neutral = patterns.neutral.match(f" {number_of['term']}")
        act = neutral and _act(text, start, quantity, at[0] + neutral.end() - 1, at[1])
        if neutral and act and act[0].scoped:
            at = (at[0], act[1].end())
            return _subject(text, quantity, at, act[0].metric, "tally-number-of")
    for pattern, metric in patterns.subjects:
        if match := pattern.search(text, low, quantity.start):
            at = match.span("term")
            counted = _subject(text, quantity, at, metric, "tally-subject")
            return _with_whom(counted, text, at[1], quantity.start)
    return None


def _subject(text: str, quantity: Quantity, at: At, metric: str, rule: str) -> Tally:
    term = _plain(text[at[0] : at[1]])
    return Tally(
        quantity, term, at, metric, at, rule, quantity.end, _people(text, at), False, None, True
    )


# "… and 900 have fled"
_HAVE = re.compile(
    r"\s+(?:more\s+|others\s+)?(?:(?:have|has|had|were|are)\s+)?(?:also\s+|been\s+|since\s+)*"
)
_OBJECT_ENDS = re.compile(r"\s*(?:[.,;)]|$|\s(?:in|last|the\s+year|a\s+year)\b)")


def elliptical(text: str, start: int, quantity: Quantity, whole: Tally | None) -> Tally | None:
    """The same people again, unnamed: "it took in 300; other countries admitted 900"."""
    if whole is None:
        return None
    if been := _HAVE.match(text, quantity.end):
        for act, pattern in _patterns().acts:
            # Of people spoken of before, only what is surely done by or to those.
            if whole.rule == SPOKEN_OF and not (act.scoped or act.happening):
                continue
            if match := pattern.match(text, been.end()):
                return _again(text, start, quantity, whole, act, match, "after")
    if not _OBJECT_ENDS.match(text, quantity.end):
        return None
    for act, pattern in _patterns().acts:
        for match in pattern.finditer(text, max(start, quantity.start - 30), quantity.start):
            if not text[match.end() : quantity.start].strip(" "):
                return _again(text, start, quantity, whole, act, match, "before")
    return None


def _again(
    text: str, start: int, quantity: Quantity, whole: Tally, act: Act, match: re.Match[str], side: Side
) -> Tally:  # fmt: skip
    head = text[max(start, match.start() - 40) : match.start()]
    return msgspec.structs.replace(
        whole, quantity=quantity, metric=act.metric, metric_at=match.span(), side=side,
        end=max(quantity.end, match.end()), rule="tally-elliptical", happening=act.happening,
        sums_up=_SUMS_UP.search(head) is not None or _TOGETHER.search(head) is not None,
    )  # fmt: skip


def is_of_field(text: str, start: int, end: int) -> bool:
    """Whether a stretch of text speaks of people who cross borders."""
    return OF_FIELD.search(text, start, end) is not None


_TO_WHOM = re.compile(r"\s+(?:to|from|for)(?=\s)")
_AMONG = re.compile(r"\b(?:including|among\s+them|of\s+whom|of\s+which)\s+(?:were\s+)?$")


def among(text: str, quantity: Quantity, whole: Tally | None) -> Tally | None:
    """A part of those just counted: "…, including 300 children", "…, of whom 300 were Cubans"."""
    if whole is None:
        return None
    if were := _WERE.match(text, quantity.end):
        who = next(iter(places.places(text, were.end(), were.end() + 40)), None)
        if who is None or who.start != were.end():
            return None
        at = (who.start, who.end)
        return msgspec.structs.replace(
            whole, quantity=quantity, term=text[who.start : who.end], term_at=at, end=who.end,
            rule="tally-among", counterpart=who,
        )  # fmt: skip
    if not _AMONG.search(text, whole.end, quantity.start):
        return None
    to = _TO_WHOM.match(text, quantity.end)
    match = _patterns().neutral.match(text, to.end() if to else quantity.end)
    if match is None:
        return None
    at = match.span("term")
    return msgspec.structs.replace(
        whole, quantity=quantity, term=_plain(match["term"]), term_at=at, end=match.end(),
        rule="tally-among", counterpart=_people(text, at) or whole.counterpart,
    )  # fmt: skip


_WERE = re.compile(r"\s+(?:(?:were|are|came|come|being)\s+)(?:from\s+)?(?:the\s+)?(?=[A-Z])")


def clause_end(text: str, at: int, end: int) -> int:
    """Where the clause of a number ends."""
    match = _CLAUSE.search(text, at, end)
    return match.start() if match else end


_CLAUSE = re.compile(
    r"[;:()]|\s[-–—]{1,2}\s|—|,\s+(?:but|while|whereas|and|compared|with|including|up|down)\b"
)


def _act(
    text: str, start: int, quantity: Quantity, after: int, stop: int
) -> tuple[Act, re.Match[str], Side] | None:
    """The nearest act behind those counted, else the one right before the number."""
    before = [
        (match.end(), act, match)
        for act, pattern in _patterns().acts
        for match in pattern.finditer(text, max(start, quantity.start - 40), quantity.start)
    ]
    at, act, match = max(before, key=lambda found: found[0], default=(start, None, None))
    if act and match and text[at : quantity.start].strip() in ("", "to", "from", "of"):
        return act, match, "before"
    behind = [
        (match.start(), act, match)
        for act, pattern in _patterns().acts
        if (match := pattern.search(text, after, min(stop, after + 60)))
    ]
    if behind:
        _, act, match = min(behind, key=lambda found: found[0])
        return act, match, "after"
    if act and match and not re.search(r"[,;.]", text[at : quantity.start]):
        return act, match, "before"
    return None


def _made(
    text: str, start: int, end: int, quantity: Quantity, match: re.Match[str], metric: str,
    act: tuple[Act, re.Match[str], Side] | None, rule: str,
) -> Tally:  # fmt: skip
    at = match.span("term")
    verb = act[1].start() if act else quantity.start
    head = text[max(start, min(verb, quantity.start) - 40) : verb]
    stands = act is None or not act[0].happening or act[0].name in _STATES
    return Tally(
        quantity,
        _plain(match["term"]),
        at,
        metric,
        act[1].span() if act else at,
        rule,
        max(match.end(), act[1].end() if act else 0),
        _people(text, at),
        act is not None and act[0].happening,
        act[2] if act else None,
        _SUMS_UP.search(head) is not None
        or (stands and _STANDS.search(head) is not None)
        or _SUMS_UP.search(text[max(start, quantity.start - 40) : quantity.start]) is not None
        or _BEEN.match(text, match.end()) is not None
        or _TOGETHER.search(text, start, end) is not None,
    )


def last_people(text: str, start: int, end: int) -> tuple[str, At, places.Place | None] | None:
    """The people of the field, or of a nationality, that a stretch of text names last."""
    found = [m.span() for m in _LAST.finditer(text, start, end)]
    for place in places.places(text, start, end):
        after = _NATIONALS.match(text, place.end)
        if place.kind == "adjective" and after and after.end() <= end:
            found.append((place.start, after.end()))
        elif (
            place.kind == "adjective" and text[place.end - 1] == "s" and text[place.end - 2] != "s"
        ):
            found.append((place.start, place.end))
    if not found:
        return None
    at = max(found, key=lambda span: span[1])
    return _plain(text[at[0] : at[1]]), at, _people(text, at)


def last_migrants(text: str, start: int, end: int) -> tuple[str, At, None] | None:
    """The word for people who move that a stretch of text has last, be it in "migrant crisis"."""
    found = [m.span("who") for m in _MIGRANTS.finditer(text, start, end)]
    if not found:
        return None
    word = _plain(text[slice(*found[-1])])
    return (word if word.endswith("s") else f"{word}s"), found[-1], None


def of_people(term: str, at: At, who: places.Place | None) -> Tally:
    """Those whom a number may count that stands without any."""
    nobody = Quantity("=", at[0], at[1])
    return Tally(nobody, term, at, "", at, SPOKEN_OF, at[1], who, False, None, False)


_LAST = re.compile(
    r"\b(?:refugees(?:\s+and\s+migrants)?|migrants|immigrants|asylum[\s-]seekers|deportees"
    r"|(?:people|human|migrant)[\s-]smugglers|(?:human\s+)?traffickers|smugglers)\b"
)
_MIGRANTS = re.compile(r"\b(?P<who>refugees?|(?:im)?migrants?|asylum[\s-]seekers?)\b")
_NATIONALS = re.compile(r"\s+(?:nationals|citizens|refugees|migrants|asylum[\s-]seekers)\b")


def _plain(words: str) -> str:
    return " ".join(words.split())


_FROM = re.compile(r"\b(?:from|of)\s+(?:the\s+)?$")


def _people(text: str, at: At) -> places.Place | None:
    """The country or group whose people are counted: "Cuban migrants", "migrants from Cuba"."""
    named = [
        p for p in places.places(text, *at)
        if p.kind == "adjective" or _FROM.search(text, at[0], p.start)
        or places.is_uninflected(text[p.start : p.end])
    ]  # fmt: skip
    return named[-1] if named else None
