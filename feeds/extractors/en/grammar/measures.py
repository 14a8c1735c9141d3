"""What may be changed about who crosses a border: the nouns, and what each deed makes of them."""

import re

import msgspec

from feeds.extractors.en.grammar.deeds import ACTIONS, Deed
from feeds.extractors.en.grammar.rules import FREE, REQUIREMENT


class Outcome(msgspec.Struct, frozen=True):
    """What becomes of a rule: the action of the fact and the regime that then holds."""

    action: str
    regime: str | None = None


class Measure(msgspec.Struct, frozen=True):
    """A noun for a rule of entry, how a fact calls it, and the deeds that make sense of it."""

    name: str
    title: str
    noun: str
    deeds: dict[Deed, Outcome]
    kind: str = "entry"
    about: str | None = None
    """The category of people that the noun itself names: refugees, asylum seekers."""


def _plain(*deeds: Deed, **said: str) -> dict[Deed, Outcome]:
    """The usual action of each deed; the rule that then holds is not one that has a name."""
    return {deed: Outcome(said.get(deed, ACTIONS[deed])) for deed in deeds}


_ALL: tuple[Deed, ...] = ("start", "halt", "end", "again", "extend", "change")
_VISA = (
    # What may stand before must not be taken for the verb: "halts all visas".
    r"(?:(?:(?:all|new|most|multiple-entry|single-entry|special|temporary|skilled|seasonal)\s+){0,2}(?:immigrant|non-?immigrant|student|tourist|visitor|work|business|transit"
    r"|entry|short-term|long-term|humanitarian|family|study|travel|exchange|H-1B|new|all)"
    r"(?:\s+and\s+[\w-]+)?\s+visas|visas)"
)
_PROGRAMMES = (
    r"(?:refugee|resettlement|asylum|visa|immigration|migration|parole|humanitarian|sponsorship"
    r"|green\s+card|working\s+holiday|golden\s+visa|family\s+reunification|au\s+pair|entry)"
)
MEASURES = (
    Measure(
        "visa-waiver", "Visa-free entry",
        rf"{FREE}|visa-free\s+(?:[\w-]+\s+){{0,2}}(?:entry|access|travel|policy|stays?|regime)"
        r"|visa\s+waivers?|visa\s+exemptions?|visa-waiver\s+programme?",
        {
            "start": Outcome("introduced", "visa-free"),
            "again": Outcome("reinstated", "visa-free"),
            "extend": Outcome("extended", "visa-free"),
            "change": Outcome("amended", "visa-free"),
            "halt": Outcome("suspended", "visa-free-suspended"),
            "end": Outcome("repealed", "visa-required"),
        },
    ),
    Measure(
        "visa-requirement", "Visa requirement", rf"{REQUIREMENT}|visa\s+obligation",
        {
            "start": Outcome("introduced", "visa-required"),
            "again": Outcome("reinstated", "visa-required"),
            "halt": Outcome("suspended", "visa-free"),
            "end": Outcome("introduced", "visa-free"),
            "waive": Outcome("introduced", "visa-free"),
            "change": Outcome("amended"),
        },
    ),
    Measure(
        "travel-ban", "Entry ban",
        r"(?:entry|travel|immigration|visa)(?:\s+and\s+(?:entry|travel"
        r"|visa))?\s+bans?(?!\s+(?:challenge|lawsuit|case))"
        r"|bans?\s+on\s+(?:the\s+)?(?:all\s+)?(?:[\w-]+\s+){0,3}?(?:entry|travel|travell?ers"
        r"|arrivals"
        r"|visitors|tourists|immigration|migrants|nationals|citizens|foreigners|passengers)",
        {
            "start": Outcome("introduced", "entry-ban"),
            "again": Outcome("reinstated", "entry-ban"),
            "extend": Outcome("extended", "entry-ban"),
            "halt": Outcome("repealed", "unknown"),
            "end": Outcome("repealed", "unknown"),
            "change": Outcome("amended", "entry-ban"),
        },
    ),
    Measure(
        "visa-issuance", "Issue of visas",
        r"scheduling\s+(?:[\w-]+\s+){0,4}?interviews|(?:issuance|issuing|processing|granting"
        r"|approval|issue|scheduling)\s+of\s+(?:[\w-]+\s+)"
        r"{0,3}?visas?(?:\s+(?:applications|interviews|appointments))?"
        r"|visa\s+(?:issuance|processing|services|applications?|interviews"
        r"|appointments|operations|approvals)|(?:issuing|granting|processing)\s+(?:[\w-]+\s+){0,3}?"
        r"visas?(?:\s+applications)?",
        {**_plain("halt", "again", "extend"), "end": Outcome("suspended")},
    ),
    Measure("visas", "Visas", _VISA, {"halt": Outcome("suspended"), "end": Outcome("withdrawn"),
                                      "waive": Outcome("introduced", "visa-free"),
                                      "again": Outcome("reinstated")}),
    Measure(
        "visa-restriction", "Visa restrictions",
        r"(?:visa|travel|entry|immigration)\s+(?:penalties|restrictions?(?:\s+polic(?:y|ies))?"
        r"|curbs|sanctions"
        r"|restriction\s+policy)|restrictions\s+on\s+(?:the\s+|foreign\s+)?(?:entry|travel"
        r"|travell?ers|visas"
        r"|immigration|visitors|arrivals|citizens|nationals)",
        _plain(*_ALL),
    ),
    Measure(
        "entry-rules", "Rules of entry",
        r"(?:entry|visa|border|immigration)\s+(?:rules|conditions|regulations)|entry\s+requirements"
        r"|visa\s+facilitation(?:\s+agreement)?",
        _plain("start", "change", "halt", "end", "again"),
    ),
    Measure(
        "quarantine", "Quarantine or test on entry",
        r"(?:quarantines?|self-isolation|(?:COVID|coronavirus|PCR|virus)[\w-]*\s+test(?:s|ing)?)"
        r"(?:\s+(?:requirements?|rules?|measures?))?(?=\s+(?:for|on|of)\s+(?:[\w-]+\s+){0,3}?"
        r"(?:travell?ers|arrivals|visitors|passengers|tourists|people|anyone|those))",
        _plain(*_ALL),
    ),
    Measure(
        "programme", "Admission programme",
        rf"{_PROGRAMMES}(?:\s+(?:admissions?|resettlement|lottery|waiver|entry|visa"
        r"|reunification|sponsorship))?\s+(?:program(?:me)?s?|scheme|lottery|pathway|route)"
        r"|Title\s+42(?:\s+\w+)?|Remain\s+in\s+Mexico(?:\s+\w+)?|Migrant\s+Protection\s+Protocols"
        r"|(?:applications\s+for\s+)?(?:refugee\s+)?family\s+reuni(?:on|fication)(?:\s+visas?)?",
        _plain(*_ALL),
    ),
    Measure(
        "fee", "Visa or entry fee",
        r"(?:visa|entry|entrance|arrival|departure|tourist|tourism|travel\s+authori[sz]ation|ESTA"
        r"|ETA|ETIAS|visitor|H-1B|immigration|visa\s+integrity|visa\s+application)(?:\s+[\w-]+)?\s+"
        r"(?:fees?|charges?|lev(?:y|ies)|tax|bonds?|deposits?)"
        r"|fees?\s+(?:of\s+\S+\s+)?(?:for|on)\s+(?:[\w-]+\s+){0,3}visas?",
        _plain(*_ALL),
    ),
    Measure(
        "travel-authorisation", "Electronic travel authorisation",
        r"electronic\s+travel\s+authori[sz]ations?|ETAs?|ETIAS|ESTA",
        {"start": Outcome("introduced", "eta"), "extend": Outcome("extended", "eta"),
         "change": Outcome("amended", "eta"), "again": Outcome("reinstated", "eta")},
    ),
    Measure(
        "e-visa", "Electronic visa", r"(?:e-visas?|electronic\s+visas?|online\s+visas?)",
        {"start": Outcome("introduced", "e-visa"), "extend": Outcome("extended", "e-visa"),
         "again": Outcome("reinstated", "e-visa"), "halt": Outcome("suspended")},
    ),
    Measure(
        "visa-on-arrival", "Visa on arrival", r"visas?[\s-]on[\s-]arrival",
        {"start": Outcome("introduced", "visa-on-arrival"), "halt": Outcome("suspended"),
         "extend": Outcome("extended", "visa-on-arrival"), "end": Outcome("repealed", "visa-required"),
         "again": Outcome("reinstated", "visa-on-arrival")},
    ),
    Measure(
        "entry-exit-system", "Entry/exit system", r"Entry[/-]Exit\s+System|EES",
        _plain("start", "halt"),
    ),
    Measure(
        "border-checks", "Border checks",
        r"(?:border|passport|frontier|immigration|identity|ID)\s+(?:controls?|checks?|inspections)"
        r"|(?:controls?|checks)\s+(?:at|on|along)\s+(?:[\w’'-]+\s+){0,5}?borders?",
        _plain("start", "halt", "end", "again", "extend"), kind="enforcement",
    ),
    Measure(
        "border", "Border",
        r"(?:borders?(?:\s+(?:crossings?|crossing\s+points?|checkpoints?|posts?|points))?"
        r"|frontiers?"
        r"|crossing\s+points?|checkpoints?|crossings?)(?=\s*(?:[.,;:]|$|\b(?:with|into|to|for|between|at|on|after|until|from|in"
        r"|as|amid"
        r"|following|due|because|and|indefinitely|temporarily|completely|starting|over|citing"
        r"|by)\b))",
        _plain("close", "open"), kind="enforcement",
    ),
    Measure(
        "refugee-ceiling", "Refugee ceiling",
        r"(?:cap|ceiling|limit|quota|number)s?\s+(?:on|of|for)\s+(?:the\s+number\s+of\s+)?refugees?"
        r"(?:\s+admissions?)?|(?:cap|ceiling|limit"
        r"|quota)\s+(?:of\s+\S+\s+)?on\s+(?:the\s+number\s+of\s+)?"
        r"(?:refugees|asylum\s+\w+|migrants|immigration)|refugee\s+(?:admissions?\s+)?(?:cap"
        r"|ceiling|limit|quota)",
        {"change": Outcome("amended"), "end": Outcome("repealed"), "start": Outcome("introduced")},
        about="refugees",
    ),
    Measure(
        "asylum", "Asylum applications",
        r"asylum\s+(?:applications?|claims?|requests?|processing|decisions|rights?|procedures?"
        r"|access)|right\s+(?:to|of)\s+(?:(?:seek|claim|apply\s+for)\s+)?asylum"
        r"|access\s+to\s+asylum"
        r"|(?:processing|acceptance|examination|registration)\s+of\s+asylum\s+\w+"
        r"|(?:processing|accepting|registering)\s+asylum\s+\w+",
        {"halt": Outcome("suspended"), "end": Outcome("suspended"), "again": Outcome("reinstated"),
         "change": Outcome("amended")},
        about="asylum seekers",
    ),
    Measure(
        "refugee-admission", "Refugee admissions",
        r"refugee\s+(?:admissions?|resettlement|arrivals|intake|processing)"
        r"|(?:admission|resettlement|entry|acceptance"
        r"|admittance)\s+of\s+(?:[\w-]+\s+){0,2}?refugees",
        {"halt": Outcome("suspended"), "end": Outcome("suspended"), "again": Outcome("reinstated"),
         "change": Outcome("amended")},
        about="refugees",
    ),
    Measure(
        "entry", "Entry",
        r"(?:(?:immigration|travel)(?=\s+from\b)|(?:entry|arrival|admission)\s+(?:of|for"
        r"|by)(?=\s)(?!\s+the\s+year))",
        {"halt": Outcome("introduced", "entry-ban"), "change": Outcome("amended"),
         "again": Outcome("repealed", "unknown")},
    ),
    Measure(
        "special-visa", "New visa",
        r"(?:new|special|temporary|five-year|multiple-entry|digital\s+nomad|humanitarian|single)"
        r"\s+(?:[\w-]+\s+){0,3}?visas?(?=\s+(?:for|to|that|valid|with|allowing|category|route|scheme)\b)",
        {"start": Outcome("introduced")},
    ),
    Measure("exit", "Exit", r"(?:exit|outbound|departure)\s+(?:bans?|visas?|permits?)",
            _plain(*_ALL), kind="exit"),
)  # fmt: skip
"""More particular nouns come before those that they contain."""

NOUNS = re.compile(
    "|".join(rf"(?P<{m.name.replace('-', '_')}>\b(?:{m.noun})\b)" for m in MEASURES),
    re.IGNORECASE,
)


def outcome(what: Measure, done: Deed) -> Outcome | None:
    """What a deed makes of a measure; None where the two make no sense together."""
    return what.deeds.get(done) or (what.deeds.get("end") if done == "waive" else None)


_BY_NAME = {m.name.replace("-", "_"): m for m in MEASURES}


def measure(match: re.Match[str]) -> Measure:
    """The measure whose noun a match of `NOUNS` is."""
    return _BY_NAME[match.lastgroup or ""]


TOPIC = re.compile(
    r"\b(?:visas?|e-visas?|borders?|frontiers?|crossings?|asylum|refugees?|passports?|immigration"
    r"|immigrants?|migrants?|travel(?:l?ers|l?ing)?|entry|enter(?:ing)?|entrants?|ETA|ETIAS|ESTA"
    r"|EES"
    r"|Schengen|Title\s+42|Remain\s+in\s+Mexico|red\s+list|parole|family\s+reuni\w+|visitors"
    r"|arrivals|students|nationals|citizens|foreigners|arriving|checks|crossing\s+points?|checkpoints?|exit|leave|visiting|tourists?|leaving|admitted|admit)\b",
    re.IGNORECASE,
)

CATEGORIES = {
    "visa-issuance": "applicants for visas",
    "visas": "holders of visas",
    "revokes-visas": "holders of visas",
    "fee": "those who pay it",
    "entry-rules": "all who enter",
}
"""For whom a condition is that names a nationality and no regime."""
