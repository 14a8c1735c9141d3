"""Acts of states on who may enter or leave, beside the changes of entry rules told in full."""

import re
from typing import Any

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.actors import actor
from feeds.extractors.en.grammar.attribution import quotations
from feeds.extractors.en.grammar.changes import times
from feeds.extractors.en.grammar.dates import When
from feeds.extractors.en.grammar.measures import Measure, patterns
from feeds.extractors.en.grammar.nationalities import Peoples, peoples
from feeds.extractors.en.grammar.reading import At, Found, Line, Quote, Reading, origin

_UNREAL = re.compile(
    r"\b(?:consider(?:s|ed|ing)?|(?-i:may)|might|could|should|can|cannot|threaten(?:s|ed|ing)?"
    r"|urg(?:e|es|ed|ing)|call(?:s|ed|ing)?\s+(?:on|for)|refus(?:e|es|ed|ing)\s+to|not|never|if|whether"
    r"|unless|want(?:s|ed)?|hop(?:e|es|ed|ing)|seek(?:s|ing)?\s+to|sought\s+to|ask(?:s|ed|ing)|discuss\w*"
    r"|debat\w+|recommend\w*|rumou?rs?|speculation|possib(?:le|ly|ility)|petition|demand(?:s|ed|ing)?"
    r"|negotiat\w+|mull(?:s|ed|ing)?|without\s+(?=ban)|delay\w*|postpon\w+|campaign(?:s|ed|ing)?|critici[sz]\w+"
    r"|promis(?:e|es|ed|ing)|vow(?:s|ed|ing)?|risk|what|rul(?:es|ed)\s+(?:that|against)|judges?|courts?"
    r"|lawsuits?|block(?:s|ed|ing)\s+(?:the|a|president|trump)|advis(?:es|ed|ory)|warn(?:s|ed|ing)?\s+(?:its|against)"
    r"|former|once|fail(?:s|ed)\s+to|had\s+been|history|used\s+to|fake|hoax|false|den(?:y|ies|ied)\s+that"
    r"|oppos\w+|protest\w*\s+(?:over|against)|after\s+(?:the|a|an)\b(?=[^.]{0,40}\bban\b))\b|n[’']t\b",
    re.IGNORECASE,
)
_WOULD = re.compile(r"\bwould\b", re.IGNORECASE)
_ANNOUNCED = re.compile(r"\b(?:announc\w+|said|says|confirm\w+|declar\w+|decid\w+|sign\w+)\b")
_PROPOSED = re.compile(
    r"\b(?:propos(?:e|es|ed|ing|al|als)|plan(?:s|ned|ning)?\s+to|plan\s+(?:to|for)|intend(?:s|ed)?\s+to"
    r"|draft|bill\s+(?:that|to|would)|set\s+to|prepar(?:es|ed|ing)\s+to|expected\s+to)\b",
    re.IGNORECASE,
)
_APPROVED = re.compile(r"\b(?:approv|sign|adopt|pass|enact)\w*\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:imports?|exports?|goods|products?|beef|poultry|seafood|wheat|oil|gas|coal|weapons?|arms|flights?"
    r"|airlines?|aircraft|ships?|vessels|FIFA|UEFA|IOC|Olympics?|Olympic|World\s+Cup|league|tournament|match"
    r"|players?|athletes?|footballers?|team|club|TikTok|apps?|website|internet|phones?|software|Huawei|film"
    r"|movie|album|concert|book|song|broadcast\w*|advert\w*|smoking|alcohol|plastic|crypto\w*|bonds?\s+market"
    r"|shares|stock|driving|protests?|demonstrations?|abortion|trans(?:gender)?|school|drones?)\b",
    re.IGNORECASE,
)
_INTO = re.compile(
    r"\b(?:entering|enter|entry\s+(?:in)?to|visiting|visit|(?:travel(?:l?ing)?|coming|come|migrat\w+|admission|access)"
    r"\s+(?:in)?to|arriving\s+in|let\s+into|into|going\s+to|to\s+parts\s+of|borders?\s+with(?=\s+\w+\s+to))\s+(?:the\s+)?(?=[A-Z])"
)
_TOUCHES = re.compile(
    r"visa|entry|entrance|enter|border|asylum|refug|migra|travel|TPS|parole|frontier|checkpoint"
    r"|protect|citizens|nationals|foreign",
    re.IGNORECASE,
)
_SOME = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\s+(?:\w+\s+){0,3}?"
                   r"(?:MPs|lawmakers|officials|journalists|politicians|activists|men|women)\b")  # fmt: skip
_CATEGORIES = {
    "asylum-bar": "asylum seekers", "visas-revoked": "holders of visas",
    "visa-restrictions": "applicants for visas", "programme-suspended": "applicants",
    "programme-resumed": "applicants", "refugee-ceiling": "refugees",
    "status-ended": "people under temporary protection",
    "status-extended": "people under temporary measures", "new-route": "applicants",
}  # fmt: skip


def acts(reading: Reading, taken: set[int]) -> list[Found]:
    """The acts that a document reports, each once; lines in `taken` are read already."""
    found: dict[tuple[str, tuple[str, ...], str], Found] = {}
    for number, line in enumerate(reading.lines):
        if line.at.start in taken or reading.text[line.at.end - 1] == "?":
            continue
        for one in _of_line(reading, number, line):
            found.setdefault((one.fact["jurisdiction"], whose(one), one.rule), one)
    return list(found.values())


def whose(found: Found) -> tuple[str, ...]:
    """The nationalities that the rule of a policy concerns; none where it has no rule."""
    rule: dict[str, Any] = found.fact.get("rule") or {}
    return tuple(rule.get("nationalities", ()))


def _of_line(reading: Reading, number: int, line: Line) -> list[Found]:
    text, start, end = reading.text, line.at.start, line.at.end
    if not _TOUCHES.search(text, start, end):
        return []
    if _ELSEWHERE.search(text, start, end) or _SOME.search(text, start, end):
        return []
    quoted = quotations(text, start, end)
    found: list[Found] = []
    ends = start
    for measure, pattern in patterns():
        match = pattern.search(text, start, end)
        if match is None or any(q.start <= match.start() < q.end for q in quoted):
            continue
        if match.start() < ends:
            continue
        one = _act(reading, number, line, measure, match.span())
        if one:
            found.append(one)
            ends = match.end()
    return found[:2]


def _act(reading: Reading, number: int, line: Line, measure: Measure, at: At) -> Found | None:
    text, start, end = reading.text, line.at.start, line.at.end
    if _UNREAL.search(text, start, at[1]):
        return None
    if _WOULD.search(text, start, at[0]) and not _ANNOUNCED.search(text, start, at[0]):
        return None
    proposed = (
        _PROPOSED.search(text, start, at[0]) is not None
        and _APPROVED.search(text, start, at[0]) is None
    )
    where = _destination(reading, number, line, measure, at)
    if where is None:
        return None
    who = peoples(text, at[0], end, where[0])
    if measure.whither == "named":
        by = actor(reading, number, line, at[0])
        if by is None or by.code == where[0]:
            return None
        who = Peoples((by.code,), (by.start, by.end))
    if (who is None and not measure.anybody) or (who and who.counted):
        return None
    return _found(reading, line, measure, at, where, who, proposed)


def _destination(
    reading: Reading, number: int, line: Line, measure: Measure, at: At
) -> tuple[str, At] | None:
    """Whose border it is, and the words that say so."""
    text, end = reading.text, line.at.end
    for into in _INTO.finditer(text, at[0], end):
        named = places.places(text, into.end(), min(end, into.end() + 40))
        if named and named[0].start == into.end() and named[0].is_country:
            return named[0].code, (named[0].start, named[0].end)
    if measure.whither == "named":
        named = [p for p in places.places(text, at[1], end) if p.is_country and p.kind == "name"]
        return (named[0].code, (named[0].start, named[0].end)) if named else None
    by = actor(reading, number, line, at[0])
    return (by.code, (by.start, by.end)) if by else None


def _found(
    reading: Reading, line: Line, measure: Measure, at: At, where: tuple[str, At],
    who: Peoples | None, proposed: bool,
) -> Found:  # fmt: skip
    text = reading.text
    when = times(text, line.at.start, line.at.end, at[0], reading.today)
    announced: When | None = when.announced_on
    if announced is None and line.at.item:
        announced = reading.day
    stated = when.effective_from is not None
    fact: dict[str, Any] = {
        "jurisdiction": where[0],
        "kind": measure.kind,
        "title": measure.title,
        "announced_on": announced.edtf if announced else None,
        "effective_from": when.effective_from.edtf if when.effective_from else None,
        "effective_to": when.effective_to.edtf if when.effective_to else None,
        "rule": _rule(measure, who),
    }
    spans: dict[str, At] = {"jurisdiction": where[1], "title": at}
    if who:
        spans |= {"rule.nationalities": who.at, "rule.regime": at}
    if not proposed:
        fact |= {"action": measure.action, "effective_basis": "stated" if stated else "unknown"}
        spans["action"] = at
    for name, day in (("announced_on", announced), ("effective_from", when.effective_from),
                      ("effective_to", when.effective_to)):  # fmt: skip
        if day:
            spans[name] = (day.start, day.end)
    speech = next((s for s in line.speeches if s.end <= at[0]), None)
    return Found(
        "policy-proposed" if proposed else "policy-changed",
        fact, (line.at.start, line.at.end + len(measure.name)),
        (Quote(line, origin(speech, "cites", where[0])),), spans, f"act-{measure.name}",
        "0.75" if who or measure.anybody else "0.65",
    )  # fmt: skip


def _rule(measure: Measure, who: Peoples | None) -> dict[str, Any] | None:
    if who is None or not who.codes or measure.kind != "entry":
        return None
    rule: dict[str, Any] = {"nationalities": list(who.codes)}
    if who.passport_type:
        rule["passport_type"] = who.passport_type
    if measure.regime:
        some = {"category": who.some} if who.some else {}
        return {**rule, "regime": measure.regime, **some}
    category = who.some or _CATEGORIES.get(measure.name)
    return {**rule, "regime": "conditional", "category": category} if category else None
