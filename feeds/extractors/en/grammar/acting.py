"""The policy facts of a sentence that tells of a measure: whose, for whom, since when."""

import re
from typing import Any

from feeds.extractors.en.grammar import acts, changes, clauses, places, rules
from feeds.extractors.en.grammar.actors import Actor, actor, actors
from feeds.extractors.en.grammar.acts import Act
from feeds.extractors.en.grammar.attribution import quotations
from feeds.extractors.en.grammar.concerned import (
    GROUPS,
    People,
    everybody,
    means_all,
    people,
    persons,
)
from feeds.extractors.en.grammar.measures import CATEGORIES, TOPIC
from feeds.extractors.en.grammar.reading import At, Found, Line, Quote, Reading, origin
from tracker.domain.groups import LEGISLATORS

_INTO = re.compile(
    r"\b(?:entering|enter|visiting|visit|travell?ing\s+(?:in)?to|(?:travel|fly(?:ing)?)\s+(?:in)?to"
    r"|coming\s+(?:in)?to"
    r"|(?:entry|access|admission|let|admitted|allowed|flights?)\s+(?:in)?to|into)\s+(?:the\s+"
    r"|parts\s+of\s+)?$",
    re.IGNORECASE,
)
_OUTWARD = re.compile(
    r"\btravel\s+bans?\s+on\s+(?:its|their)\s+(?:own\s+)?(?:citizens|nationals|people)"
    r"|\b(?:its|their|our|his)\s+(?:own\s+)?(?:citizens|nationals|people)\b", re.IGNORECASE,
)  # fmt: skip
_PEOPLE_CUE = re.compile(r"\b(?:for|on|to|of|from|against|by|with)\s+(?=\S)", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"[;:]|,?\s+(?:after|amid|following|citing|because|due\s+to|in\s+response|in\s+retaliation"
    r"|over|as\s+(?:part|a)"
    r"|until|starting|effective|beginning|with\s+effect|in\s+an?\s+(?:effort|attempt|bid)|unless"
    r"|while|despite"
    r"|pending|accusing|saying|from\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|next|\d)|for\s+(?:[\w-]+\s+){1,3}(?:day|week|month|year|hour)s?\b"
    r"|seeking\s+to|who\s+(?:said|have\s+said)|on\s+(?:the\s+)?(?:\d{1,2}\s+[A-Z]|Mon|Tues|Wednes"
    r"|Thurs|Fri|Satur|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|grounds))|\s[–—-]\s"
)
_BY = re.compile(r"\bby\s+(?:the\s+)?")
_SAYS = re.compile(r"[^.;,“”\"]{0,60}?\b(?:said|says|announced|announces|confirmed)\b")
_FROM = re.compile(
    r"\s+(?:fleeing\s+)?from\s+(?P<names>[^.;:,“”\"]{3,60}(?:,[^.;:“”\"]{3,40}\band\b\s\w+)?)"
)
_BORDER_WITH = re.compile(r"\b(?:borders?|frontiers?)\s+with\s+(?:the\s+)?$")
_THEIRS = re.compile(r"\b(?:their|its|his|her)\b")
# What an interviewer says is a question, whatever ends it.
_ASKED = re.compile(r"(?:QUESTION|Q)\s?:")
_ABROAD = re.compile(r"\bto\s+(?:the\s+|(?:parts|areas|regions)\s+of\s+)*$")
_OUTSIDE = re.compile(
    r"\b(?:sports?|tournament|league|club|season|games|olympic\w*|world\s+cup|trade|imports?"
    r"|exports?|tariffs?"
    r"|goods|products|cargo|grain|poultry|beef|cattle|trucks?|flights?\s+over|airspace|smoking"
    r"|e-cigarettes|plastic"
    r"|film|novel|series|game|drug|cocaine|stadium|polling\s+station|tiktok|app|website|weapons?"
    r"|campus(?:es)?|school"
    r"|data|aid|museums?|parks?|beach(?:es)?|oil|gas|fishing|vessels|ships?)\b", re.IGNORECASE,
)  # fmt: skip


def acted(reading: Reading, number: int, line: Line) -> list[Found]:
    """The measures that a sentence tells a state has taken, ended or proposes."""
    text, start, end = reading.text, line.at.start, line.at.end
    asked = text[end - 1] == "?" or _ASKED.match(text, start, end)
    if asked or not TOPIC.search(text, start, end):
        return []
    quoted = quotations(text, start, end)
    found: list[Found] = []
    taken: list[At] = []
    for act in (*clauses.told(text, start, end), *acts.acts(text, start, end)):
        at = (min(act.verb_at[0], act.object_at[0]), max(act.verb_at[1], act.object_at[1]))
        inside = any(q.start <= act.verb_at[0] < q.end for q in quoted)
        if inside or any(at[0] < b and a < at[1] for a, b in taken):
            continue
        # Cut between words: half of "said" is no aid.
        low = text.rfind(" ", start, max(start, at[0] - 20)) + 1
        high = text.find(" ", at[1] + 40, end)
        if _OUTSIDE.search(text, max(start, low), high if high >= 0 else end):
            continue
        one = _fact(reading, number, line, act, at)
        if one and not any(_same_restriction(one, other) for other in found):
            found.append(one)
            taken.append(at)
    return found


_UNNAMED: dict[str, Any] = {"nationalities": ("*",), "regime": "conditional"}


def _same_restriction(one: Found, other: Found) -> bool:
    """Whether two measures of a sentence are one: restricted and revoked, banned and expanded."""
    a, b = (f.fact.get("rule") or _UNNAMED for f in (one, other))
    whom = set(a["nationalities"]) & set(b["nationalities"])
    return bool(whom) and (a["regime"] == b["regime"] or "conditional" not in a.values())


def _fact(reading: Reading, number: int, line: Line, act: Act, at: At) -> Found | None:
    text, end = reading.text, line.at.end
    who = _actor(reading, number, line, act)
    target = _target(text, line, act)
    if who is None and target is None:
        return None
    state = who.code if who else None
    crowd = _people(text, act, (target or who), state, end)
    if crowd is None:
        return None
    outward = act.kind == "exit" or crowd.own
    if outward and target is None:
        target = _abroad(text, crowd.at[1], end)
    if outward and who is None:
        return None
    # Who bars its own people from a country acts itself; who bars others does so at its border.
    place = target
    if outward or target is None or (who and target.code in crowd.codes):
        place = who
    if place is None or not (len(place.code) == 2 or place.code in LEGISLATORS):
        return None
    if not outward and place.code in crowd.codes:
        return None
    return _found(reading, line, act, at, place, crowd, target if outward else None, outward)


def _abroad(text: str, start: int, end: int) -> Actor | None:
    """The country that a state's own people are kept from."""
    for place in places.places(text, start, end):
        if place.kind == "name" and _ABROAD.search(text, max(start, place.start - 30), place.start):
            return Actor(place.code, place.start, place.end)
    return None


def _actor(reading: Reading, number: int, line: Line, act: Act) -> Actor | None:
    first = min(act.verb_at[0], act.object_at[0])
    if act.passive:
        by = _BY.search(reading.text, act.verb_at[1], line.at.end)
        named = actors(reading.text, by.end(), line.at.end) if by else []
        if named and by and named[0].start - by.end() < 3:
            return named[0]
        # "The UK's new rules of entry": what is done to them stands behind.
        before = [a for a in actors(reading.text, line.at.start, max(first, act.object_at[1]))
                  if a.end <= first and not GROUPS.match(reading.text, a.end + 1)]  # fmt: skip
        if before:
            return before[-1]
        after = actors(reading.text, act.verb_at[1], line.at.end)
        if after and _SAYS.match(reading.text, after[-1].end):
            return after[-1]
    return actor(reading, number, line, first)


def _target(text: str, line: Line, act: Act) -> Actor | None:
    """The country that is entered, where the sentence names it as such."""
    for place in places.places(text, act.object_at[0], line.at.end):
        before = max(act.object_at[0] - 12, place.start - 40, 0)
        if place.kind == "name" and _INTO.search(text, before, place.start):
            return Actor(place.code, place.start, place.end)
    return None


def _people(text: str, act: Act, who: Actor | None, state: str | None, end: int) -> People | None:
    """Whom it concerns: the words of the clause, or what follows the noun."""
    but = who.code if who else state
    if act.rule in clauses.NAMES:
        crowd = _crowd(text, act, but)
        if crowd is None and act.strict:
            return None
        return crowd or everybody(act.object_at, act.about)
    own = _OUTWARD.search(text, act.object_at[0], min(end, act.object_at[1] + 60))
    if own and state and act.rule == "travel-ban":
        return People((state,), own.span(), own=True)
    stop = _CLAUSE_END.search(text, act.object_at[1], end)
    last = stop.start() if stop else end
    # Sanctions fall on so many of a state's officials; nobody else is counted by a rule.
    counted = act.rule == "visa-restriction"
    if not counted and persons(text, act.object_at[1], last):
        return None
    crowd = people(text, act.object_at[1], last, but, counted)
    if crowd is None:
        crowd = people(text, act.verb_at[1], act.object_at[0], but)
    if crowd is None and who and _THEIRS.search(text, act.verb_at[1], act.object_at[0]):
        # "bars officials from a meeting by revoking their visas"
        crowd = people(text, who.end, act.verb_at[0], but) if who.end < act.verb_at[0] else None
    if crowd is None or (act.kind == "enforcement" and act.rule != "travel-ban"):
        named = _named(text, act, last, but)
        if act.rule == "entry" and not named:
            return everybody(act.object_at, " ".join(text[act.object_at[0] : last].split()))
        if act.strict and not named and not means_all(text, (act.verb_at[1], act.object_at[1])):
            return None
        return named or everybody(act.object_at, act.about)
    return crowd


def _crowd(text: str, act: Act, but: str | None) -> People | None:
    start, end = act.whom_at
    stop = _CLAUSE_END.search(text, start, end)
    if act.about or act.bare:
        return _some(text, act, but)
    return people(text, start, stop.start() if stop else end, but)


def _some(text: str, act: Act, but: str | None) -> People | None:
    """Countries named by an adjective, by "refugees from", or bare where that is enough."""
    named = [p for p in places.places(text, *act.whom_at)
             if p.code != but and (act.bare or p.kind == "adjective")]  # fmt: skip
    origin_of = _FROM.match(text, act.object_at[1])
    if origin_of:
        named += places.places(text, *origin_of.span("names"))
    codes = tuple(dict.fromkeys(p.code for p in named))
    return People(codes, (named[0].start, named[-1].end), act.about) if codes else None


def _named(text: str, act: Act, last: int, but: str | None) -> People | None:
    """Countries that a measure on visas names without saying "citizens": "visas for Haiti"."""
    if act.kind == "enforcement":
        return None
    at = max(act.verb_at[1], min(act.verb_at[0], act.object_at[0]))
    found = [p for p in places.places(text, min(at, act.object_at[0]), last)
             if p.code != but and not _BORDER_WITH.search(text, max(at, p.start - 25), p.start)]  # fmt: skip
    codes = tuple(dict.fromkeys(p.code for p in found))
    return People(codes, (found[0].start, found[-1].end), act.about) if found else None


def _ruled(text: str, crowd: People, category: str | None, code: str) -> bool:
    """Whether it is a rule for somebody: that nobody is named makes none for everybody."""
    if not crowd.codes or code in LEGISLATORS:
        return False
    return crowd.codes != ("*",) or category is not None or means_all(text, crowd.at)


def _found(
    reading: Reading, line: Line, act: Act, at: At, place: Actor, crowd: People,
    barred: Actor | None, outward: bool,
) -> Found:  # fmt: skip
    text = reading.text
    times = changes.times(text, line.at.start, line.at.end, act.verb_at[0], reading.today)
    announced = times.announced_on or (reading.day if line.at.item else None)
    category = crowd.category or act.about
    stay = rules.stay(text, at[0], line.at.end)
    basis = "stated" if times.effective_from else (
        "immediate" if times.immediate and announced else "unknown"
    )  # fmt: skip
    title = act.title
    title = "Travel ban" if outward and title == "Entry ban" else title
    if barred and outward:
        title = f"{title}: {text[barred.start : barred.end]}"
    if crowd.counted:
        title = f"{title}: {crowd.counted}"
    fact: dict[str, Any] = {
        "jurisdiction": place.code,
        "kind": "exit" if outward else act.kind,
        "title": title,
        "announced_on": announced.edtf if announced else None,
        "effective_from": times.effective_from.edtf if times.effective_from else None,
        "effective_to": times.effective_to.edtf if times.effective_to else None,
    }
    if not act.proposed:
        fact |= {"action": act.outcome.action, "effective_basis": basis}
    spans: dict[str, At] = {"jurisdiction": (place.start, place.end), "title": at,
                            "action": act.verb_at}  # fmt: skip
    if place.code in LEGISLATORS and crowd.codes not in ((), ("*",)):
        # A union has no cell of its own: whom its act concerns is told by the title.
        fact["title"] = f"{title}: {' '.join(text[slice(*crowd.at)].split())}"[:200]
    elif fact["kind"] == "entry" and _ruled(text, crowd, category, place.code):
        fact["rule"] = _rule(act, crowd, category, stay)
        spans |= {"rule.nationalities": crowd.at, "rule.regime": at, "rule.category": crowd.at}
        if stay:
            spans["rule.max_stay_days"] = stay[1]
    for name, when in (("announced_on", announced), ("effective_from", times.effective_from),
                       ("effective_to", times.effective_to)):  # fmt: skip
        if when:
            spans[name] = (when.start, when.end)
    speech = next(iter(line.speeches), None)
    quote = Quote(line, origin(speech, "cites", place.code))
    kind = "policy-proposed" if act.proposed else "policy-changed"
    sure = "0.8" if crowd.codes not in ((), ("*",)) else "0.7"
    return Found(kind, fact, at, (quote,), spans, act.rule, sure)


def _rule(
    act: Act, crowd: People, category: str | None, stay: tuple[int, At] | None
) -> dict[str, Any]:  # fmt: skip
    """The rule of entry; one that no regime names is a condition for a category of people."""
    regime = act.outcome.regime or "conditional"
    rule: dict[str, Any] = {"nationalities": list(crowd.codes), "regime": regime}
    if crowd.passport_type:
        rule["passport_type"] = crowd.passport_type
    elif category or regime in ("conditional", "unknown"):
        rule["category"] = category or CATEGORIES.get(act.rule, "those whom it concerns")
    if stay:
        rule["max_stay_days"] = stay[0]
    return rule
