"""What states do about who may enter or leave: acts, the words for them, and what they mean.

subject – verb – object – whom – whither            (active)
object – was – verb                                 (passive)
"""

import re
from functools import cache
from typing import Literal

import msgspec

Whither = Literal["own", "named"]


class Measure(msgspec.Struct, frozen=True):
    """One kind of act: its words, and the action, kind, regime and title of the policy that follow.

    `whither` says whose border it is: that of the state which acts, or of the place named after
    the act. `people` says whether nobody in particular means everybody, or nothing at all.
    """

    name: str
    words: str
    action: str
    title: str
    kind: str = "entry"
    regime: str | None = None
    whither: Whither = "own"
    anybody: bool = True


_FILL = r"(?:\s+[\w’'.,-]+){0,6}?\s+"
_FEW = r"(?:\s+[\w’'-]+){0,3}?\s+"
_BAN = (
    r"(?:bans?|banned|banning|bars?|barred|barring|blocks?|blocked|blocking|prohibits?|prohibited"
    r"|prohibiting|forbids?|forbade|forbidding|prevents?|prevented|preventing|restricts?|restricted)"
)
_IMPOSE = (
    r"(?:impos(?:es?|ed|ing)|introduc(?:es?|ed|ing)|issu(?:es?|ed|ing)|announc(?:es?|ed|ing)"
    r"|plac(?:es?|ed|ing)|put(?:s|ting)?|enact(?:s|ed|ing)?|order(?:s|ed|ing)?|appl(?:ies|ied|ying)"
    r"|slap(?:s|ped)?|sets?|expand(?:s|ed|ing)?|broaden(?:s|ed|ing)?|extend(?:s|ed|ing)?|adopt(?:s|ed|ing)?"
    r"|tighten(?:s|ed|ing)?|toughen(?:s|ed|ing)?)"
)
_STOP = (
    r"(?:suspend(?:s|ed|ing)?|halt(?:s|ed|ing)?|paus(?:es?|ed|ing)|freez(?:es?|ing)|froze|frozen"
    r"|stop(?:s|ped|ping)?|clos(?:es?|ed|ing)\s+(?=\w+\s+(?:programme|program|scheme))|shut(?:s|ting)?\s+down)"
)
_END = (
    r"(?:end(?:s|ed|ing)?|scrap(?:s|ped|ping)?|abolish(?:es|ed|ing)?|revok(?:es?|ed|ing)"
    r"|cancel(?:s|led|ed|ling|ing)?|terminat(?:es?|ed|ing)|withdr(?:aws?|ew|awn|awing)"
    r"|rescind(?:s|ed|ing)?|strip(?:s|ped|ping)?)"
)
_AGAIN = (
    r"(?:resum(?:es?|ed|ing)|restart(?:s|ed|ing)?|reinstat(?:es?|ed|ing)|restor(?:es?|ed|ing)"
    r"|reopen(?:s|ed|ing)?|re-open(?:s|ed|ing)?|reintroduc(?:es?|ed|ing))"
)
_LIFT = (
    r"(?:lift(?:s|ed|ing)?|waiv(?:es?|ed|ing)|drop(?:s|ped|ping)?|remov(?:es?|ed|ing)|eas(?:es?|ed|ing)"
    r"|relax(?:es|ed|ing)?|loosen(?:s|ed|ing)?|scrap(?:s|ped|ping)?|abolish(?:es|ed|ing)?)"
)
_RAISE = (
    r"(?:rais(?:es?|ed|ing)|increas(?:es?|ed|ing)|doubl(?:es?|ed|ing)|hik(?:es?|ed|ing)|introduc(?:es?|ed|ing)"
    r"|impos(?:es?|ed|ing)|cut(?:s|ting)?|reduc(?:es?|ed|ing)|lower(?:s|ed|ing)?|sets?|waiv(?:es?|ed|ing)"
    r"|slash(?:es|ed|ing)?|caps?|capped|limit(?:s|ed|ing)?)"
)
_LAW = (
    r"(?:executive\s+orders?|decrees?|proclamations?|laws?|bills?|legislation|rules?|regulations?|directives?"
    r"|memorand(?:um|a)|polic(?:y|ies)|amendments?|measures?|resolution|act)"
)
_ADOPT = (
    r"(?:sign(?:s|ed|ing)?|issu(?:es?|ed|ing)|adopt(?:s|ed|ing)?|approv(?:es?|ed|ing)|pass(?:es|ed|ing)?"
    r"|enact(?:s|ed|ing)?|publish(?:es|ed|ing)?|unveil(?:s|ed|ing)?|announc(?:es?|ed|ing)|introduc(?:es?|ed|ing)"
    r"|ratif(?:ies|ied)|implement(?:s|ed|ing)?)"
)
_TOPIC = (
    r"(?:immigration|immigrants?|migrants?|migration|asylum|refugees?|visas?|border\s+(?:crossings?|controls?)"
    r"|foreigners|foreign\s+(?:nationals|visitors|citizens)|entry\s+(?:rules|requirements))"
)
_PROGRAMME = (
    r"(?:refugee\s+(?:admissions?|resettlement)(?:\s+program(?:me)?)?|(?:the\s+)?admission\s+of\s+refugees"
    r"|(?:processing|issuance|issuing)\s+(?:of\s+)?(?:[\w-]+\s+){0,3}?visas?|(?:[\w-]+\s+){0,2}?visa\s+(?:processing"
    r"|issuance|services?|applications?|programm?e?s?|interviews?|appointments?)|visas(?=\s+(?:for|to)\b)"
    r"|(?:asylum|immigration|refugee)\s+(?:applications?|decisions?|processing|claims?|programm?e?s?|cases)"
    r"|(?:diversity\s+visa|green\s+card|family\s+reunification)\s+(?:lottery|programm?e?s?|applications?)"
    r"|diversity\s+visa\s+lottery|family\s+reunification)"
)

MEASURES = (
    # A state that keeps its own people from going somewhere.
    Measure("outbound-ban", rf"(?:{_IMPOSE}{_FEW}travel\s+ban\s+on\s+its\s+(?:own\s+)?(?:citizens|nationals|people)"
            rf"|{_BAN}\s+(?:its|their)\s+(?:own\s+)?(?:citizens|nationals|people)\s+from\s+(?:travel(?:l?ing)?|going|entering))",
            "introduced", "Ban on travel of its own nationals", "exit", None, "named"),
    Measure("asylum-bar", rf"(?:{_BAN}{_FILL}from\s+(?:claiming|seeking|applying\s+for|requesting)\s+asylum"
            rf"|(?:den(?:y|ies|ied|ying)|end(?:s|ed|ing)?|suspend(?:s|ed|ing)?|limit(?:s|ed|ing)?|restrict(?:s|ed|ing)?)"
            rf"\s+(?:the\s+right\s+to\s+|access\s+to\s+|most\s+|all\s+)?asylum\b)", "introduced", "Bar on asylum claims"),
    Measure("entry-ban", rf"(?:{_BAN}(?!\s+\w+\s+\w+\s+MPs?){_FILL}from\s+(?:entering|travel(?:l?ing)?\s+to|visiting|coming\s+to|arriving\s+in|crossing\s+into)"
            rf"|{_BAN}\s+(?:the\s+|all\s+)?(?:entry|admission|arrivals?|travel)\s+(?:of|by|for|to|from)\b"
            rf"|{_BAN}(?!\s+on\b)\s+(?:all\s+)?(?:[\w’'-]+\s+){{1,3}}?(?:citizens|nationals|passport[\s-]holders|travell?ers|visitors|tourists)\b"
            rf"|(?:suspend(?:s|ed|ing)?|den(?:y|ies|ied|ying))\s+(?:the\s+)?entry\s+(?:of|to|for|by)\b"
            rf"|{_IMPOSE}{_FILL}?(?:travel|entry|visa|immigration)\s+bans?\b"
            rf"|(?:close[sd]?|closing|shuts?|shutting)\s+(?:its|their)\s+borders?\s+to\b)",
            "introduced", "Entry ban", "entry", "entry-ban", "own", False),
    Measure("entry-ban-lifted", rf"{_LIFT}{_FEW}(?:travel|entry|visa)\s+bans?\b", "repealed", "Entry ban lifted"),
    Measure("visas-revoked", r"(?:(?:revok(?:es?|ed|ing)|cancel(?:s|led|ed|ling|ing)?|rescind(?:s|ed|ing)?)\s+(?:all\s+|the\s+|existing\s+|\d[\d,]*\s+)*"
            r"(?:[\w’'-]+\s+){0,3}?visas\b|revocation\s+of\s+(?:all\s+|the\s+)*visas\b|visa\s+revocations\b)",
            "introduced", "Visas revoked"),
    Measure("visa-restrictions", rf"(?:{_IMPOSE}{_FILL}?visa\s+(?:restrictions?|sanctions?|curbs?|limits?)\b"
            rf"|(?:restrict(?:s|ed|ing)?|limit(?:s|ed|ing)?|curb(?:s|ed|ing)?)\s+(?:the\s+)?(?:issuance\s+of\s+|granting\s+of\s+)?visas\b"
            rf"|(?:den(?:y|ies|ied|ying)|refus(?:es?|ed|ing))\s+(?:and\s+revok(?:es?|ing|ed)\s+)?visas\s+(?:to|for|of)\b)",
            "introduced", "Visa restrictions"),
    Measure("programme-suspended", rf"{_STOP}\s+(?:[\w’'.-]+\s+){{0,4}}?{_PROGRAMME}", "suspended", "Programme suspended"),
    Measure("programme-resumed", rf"{_AGAIN}\s+(?:[\w’'.-]+\s+){{0,4}}?{_PROGRAMME}", "reinstated", "Programme resumed"),
    Measure("visa-free", r"(?:(?:allow(?:s|ed|ing)?|let(?:s|ting)?|permit(?:s|ted|ting)?)\s+[^.;]{3,160}?\s+(?:to\s+)?(?:enter|visit|travel|stay)\b"
            r"[^.;]{0,60}?\s(?:without\s+(?:a\s+|an\s+|any\s+)?(?:\w+\s+)?visas?|visa[\s-]free)"
            r"|exempt(?:s|ed|ing)?\s+[^.;]{3,120}?\s+from\s+(?:\w+\s+){0,2}?visas?\b"
            r"|(?:grant(?:s|ed|ing)?|offer(?:s|ed|ing)?|introduc(?:es?|ed|ing)|announc(?:es?|ed|ing)|approv(?:es?|ed|ing)|launch(?:es|ed|ing)?"
            r"|expand(?:s|ed|ing)?|extend(?:s|ed|ing)?)\s+(?:[\w’'-]+\s+){0,4}?visa[\s-](?:free|waiver|exemption)\b"
            r"|(?:restor(?:es?|ed|ing)|reinstat(?:es?|ed|ing)|admit(?:s|ted|ting)?|add(?:s|ed|ing)?)\s+[^.;]{3,80}?\s+(?:in|to|into)\s+(?:the\s+|its\s+)?[Vv]isa\s+[Ww]aiver\s+[Pp]rogram(?:me)?)",
            "introduced", "Visa-free entry", "entry", "visa-free", "own", False),
    Measure("visa-free-ended", rf"(?:{_END}|suspend(?:s|ed|ing)?)\s+(?:[\w’'.-]+\s+){{0,4}}?visa[\s-](?:free|waiver|exemption)\b"
            r"(?:\s+(?:entry|travel|access|stays?|regime|scheme|program(?:me)?|arrangements?|agreement|policy))*",
            "suspended", "Visa-free entry suspended", "entry", "visa-free-suspended", "own", False),
    Measure("stay-changed", r"(?:cut(?:s|ting)?|reduc(?:es?|ed|ing)|shorten(?:s|ed|ing)?|extend(?:s|ed|ing)?|lengthen(?:s|ed|ing)?)\s+(?:[\w’'.-]+\s+){0,4}?"
            r"(?:visa[\s-]free|visa[\s-]exempt\w*|tourist)\s+(?:[\w-]+\s+){0,3}?(?:stays?|periods?)\b", "amended", "Length of stay changed"),
    Measure("visa-required", r"(?:(?:introduc(?:es?|ed|ing)|impos(?:es?|ed|ing)|reinstat(?:es?|ed|ing)|reintroduc(?:es?|ed|ing)|re-?impos(?:es?|ed|ing))\s+"
            r"(?:[\w’'-]+\s+){0,3}?visa\s+(?:requirements?|regime|obligation)\b|requir(?:es?|ed|ing)\s+(?:[\w’'-]+\s+){1,6}?to\s+(?:have|obtain|hold|apply\s+for)\s+(?:an?\s+)?(?:\w+\s+)?visas?\b)",
            "introduced", "Visa requirement", "entry", "visa-required", "own", False),
    Measure("e-visa", r"(?:introduc(?:es?|ed|ing)|launch(?:es|ed|ing)?|start(?:s|ed|ing)?|roll(?:s|ed|ing)?\s+out)\s+(?:[\w’'-]+\s+){0,4}?(?:e-?visas?|electronic\s+visas?)\b",
            "introduced", "Electronic visa", "entry", "e-visa"),
    Measure("eta", r"(?:introduc(?:es?|ed|ing)|launch(?:es|ed|ing)?|start(?:s|ed|ing)?|roll(?:s|ed|ing)?\s+out|requir(?:es?|ed|ing))\s+(?:[\w’'-]+\s+){0,4}?"
            r"(?:electronic\s+travel\s+authori[sz]ations?|ETAs?|ETIAS)\b", "introduced", "Electronic travel authorisation", "entry", "eta"),
    Measure("on-arrival", r"(?:introduc(?:es?|ed|ing)|launch(?:es|ed|ing)?|grant(?:s|ed|ing)?|offer(?:s|ed|ing)?|restor(?:es?|ed|ing))\s+(?:[\w’'-]+\s+){0,4}?visas?[\s-]on[\s-]arrival\b",
            "introduced", "Visa on arrival", "entry", "visa-on-arrival"),
    Measure("fee", rf"{_RAISE}\s+(?:[\w’'$£€,.-]+\s+){{0,5}}?(?:visa|entry|tourist|immigration|asylum|ESTA|H-1B)\s+(?:\w+\s+){{0,2}}?(?:fees?|charges?|bonds?|surcharges?|levy|tax)\b",
            "amended", "Fee changed"),
    Measure("refugee-ceiling", rf"(?:{_RAISE}\s+(?:[\w’'.-]+\s+){{0,6}}?(?:number\s+of\s+refugees|refugee\s+(?:cap|ceiling|limit|admissions|quota)|cap\s+on\s+refugees|limit\s+on\s+refugees|ceiling)\b"
            r"|\d[\d,]*\s+refugees\s+will\s+be\s+(?:allowed|admitted|accepted|let|resettled)"
            r"|(?:will|to|agree[sd]?\s+to|pledge[sd]?\s+to)\s+(?:accept|admit|take\s+in|resettle|welcome|receive)\s+(?:(?:up\s+to|an?\s+\w+|about|more|another|some|additional|extra)\s+)*\d[\d,]*\s+(?:[\w-]+\s+){0,2}?(?:refugees|asylum[\s-]seekers|migrants))",
            "amended", "Number of refugees admitted"),
    Measure("border-closed", r"(?:clos(?:es?|ed|ing)|shut(?:s|ting)?|seal(?:s|ed|ing)?)\s+(?:down\s+|off\s+)?(?:(?:its|the|their|all|both|a)\s+)?(?:[\w’'.-]+\s+){0,4}?(?:borders?|border\s+crossings?|frontiers?|ports?\s+of\s+entry|checkpoints?)\b",
            "introduced", "Border closed"),
    Measure("border-reopened", r"(?:reopen(?:s|ed|ing)?|re-open(?:s|ed|ing)?)\s+(?:(?:its|the|their|all|both|a)\s+)?(?:[\w’'.-]+\s+){0,4}?(?:borders?|border\s+crossings?|frontiers?|ports?\s+of\s+entry|checkpoints?)\b",
            "repealed", "Border reopened"),
    Measure("border-checks", r"(?:introduc(?:es?|ed|ing)|reintroduc(?:es?|ed|ing)|impos(?:es?|ed|ing)|reinstat(?:es?|ed|ing)|extend(?:s|ed|ing)?|tighten(?:s|ed|ing)?|begin(?:s|ning)?|began|start(?:s|ed)?)\s+(?:[\w’'-]+\s+){0,4}?border\s+(?:controls?|checks?)\b",
            "introduced", "Border checks"),
    Measure("status-ended", rf"{_END}\s+(?:[\w’'.-]+\s+){{0,6}}?(?:temporary\s+protected\s+status|TPS|humanitarian\s+parole|parole\s+program(?:me)?s?|temporary\s+protection)\b", "repealed", "Temporary protection ended"),
    Measure("status-extended", r"(?:extend(?:s|ed|ing)?|renew(?:s|ed|ing)?|grant(?:s|ed|ing)?|expand(?:s|ed|ing)?)\s+(?:[\w’'.-]+\s+){0,6}?(?:temporary\s+protected\s+status|TPS|humanitarian\s+parole|temporary\s+protection|(?:visa|travel)\s+(?:restrictions?|bans?))\b", "extended", "Extended"),
    Measure("new-route", r"(?:creat(?:es?|ed|ing)|establish(?:es|ed|ing)?|open(?:s|ed|ing)?|launch(?:es|ed|ing)?|introduc(?:es?|ed|ing)|announc(?:es?|ed|ing)|expand(?:s|ed|ing)?)\s+(?:[\w’'.-]+\s+){0,6}?(?:visa\s+(?:scheme|route|categor(?:y|ies)|class|program(?:me)?|policy)|resettlement\s+(?:scheme|program(?:me)?)|refugee\s+program(?:me)?|(?:humanitarian|safe)\s+(?:corridor|route)s?|(?:Priority\s+\d|P-\d)\s+\w+)\b",
            "introduced", "New route of entry"),
    Measure("law", rf"{_ADOPT}\s+(?:[\w’'“\"-]+\s+){{0,5}}?{_LAW}\b[^.;]{{0,90}}?\b{_TOPIC}\b", "introduced", "New rules"),
    Measure("law-of", rf"{_ADOPT}\s+(?:[\w’'-]+\s+){{0,4}}?{_TOPIC}\s+(?:[\w’'-]+\s+){{0,2}}?{_LAW}\b", "introduced", "New rules"),
)  # fmt: skip


@cache
def patterns() -> tuple[tuple[Measure, re.Pattern[str]], ...]:
    """The measures with their compiled words, the most particular first."""
    return tuple((m, re.compile(rf"\b(?:{m.words})", re.IGNORECASE)) for m in MEASURES)
