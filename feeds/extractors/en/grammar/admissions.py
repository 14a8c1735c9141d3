"""Acts told by how many a state lets in: ceilings, pledges and places for refugees and others."""

from feeds.extractors.en.grammar.clause import Clause, pattern
from feeds.extractors.en.grammar.measures import Outcome

_COUNT = r"(?:\d[\d,.]*(?:\s+(?:million|thousand))?)"

ADMISSIONS = (
    Clause("lets-in-so-many", "Number admitted", pattern(
        rf"\b(?P<verb>allow(?:s|ed|ing)?|permit(?:s|ted|ting)?|let(?:s|ting)?|admit(?:s|ted|ting)?)\s+"
        rf"(?P<who>(?:(?:up\s+to|about|around|at\s+least|an\s+additional|another|some|only)\s+)*{_COUNT}\s+"
        r"(?:more\s+)?(?:[\w-]+\s+){0,2}?(?:refugees|asylum[\s-]seekers|migrants|people|citizens|nationals"
        r"|workers)\b[^.;:“”\"]{0,100}?)\s+(?:to\s+)?(?:enter|come\s+to|settle\s+in|into)\b"),
        Outcome("introduced"), about="those admitted", strict=False,
        cues=("enter", "come to", "settle", "into"), bare=True),
    Clause("refugees-admitted", "Refugee ceiling", pattern(
        rf"\b(?P<who>(?:only|up\s+to|a\s+maximum\s+of"
        rf"|no\s+more\s+than)\s+{_COUNT}\s+(?:[\w-]+\s+){{0,2}}?refugees)\s+"
        r"(?P<verb>will\s+be\s+(?:allowed|admitted|accepted|let\s+in|resettled|permitted))\b"),
        Outcome("amended"), passive=True, about="refugees", strict=False, cues=("refugees will be",)),
    Clause("number-of-refugees", "Refugee ceiling", pattern(
        r"\b(?P<verb>rais(?:e|es|ed|ing)|lower(?:s|ed|ing)?|cut(?:s|ting)?|reduc(?:e|es|ed|ing)"
        r"|limit(?:s|ed|ing)?|cap(?:s|ped|ping)?"
        r"|increas(?:e|es|ed|ing)|slash(?:es|ed|ing)?|set(?:s"
        r"|ting)?)\s+(?P<who>the\s+(?:maximum\s+|annual\s+)?(?:number|ceiling|cap|limit)\s+"
        r"(?:of|for|on)\s+(?:refugees|asylum\s+seekers|migrants|immigrants|(?:international"
        r"|foreign)\s+(?:students|workers|visitors)|(?:[\w-]+\s+)?visas)\b(?:\s+(?:let\s+in"
        r"|admitted|allowed|accepted|resettled)?\s*(?:in)?to\s+(?:the\s+)?\w+)?)"),
        Outcome("amended"), about="refugees", strict=False, cues=("number of", "ceiling", "cap ", "limit ")),
    Clause("admits-refugees", "Refugee admissions", pattern(
        rf"\b(?P<verb>(?:(?:pledg(?:es|ed|ing)|promis(?:es|ed|ing)|commits?|committed|agree[sd]?"
        rf"|offer(?:s|ed)?|plans)\s+to|will|would|to)\s+(?:accept|admit|resettle|take\s+in"
        rf"|welcome|receive))\s+"
        rf"(?P<who>(?:(?:up\s+to|about|around|at\s+least|an?\s+(?:additional|extra|further)|another|some|only"
        rf"|no\s+more\s+than)\s+)*{_COUNT}\s+"
        r"(?:more\s+)?(?:[\w-]+\s+){0,2}?(?:refugees|asylum[\s-]seekers))\b"),
        Outcome("introduced"), about="refugees", strict=False, cues=("refugees", "asylum")),
    Clause("refugee-intake", "Refugee admissions", pattern(
        r"\b(?P<verb>boost(?:s|ed|ing)?|increas(?:e|es|ed|ing)|rais(?:e|es|ed|ing)|doubl(?:e|es"
        r"|ed|ing)|expand(?:s|ed|ing)?|cut(?:s|ting)?"
        r"|reduc(?:e|es|ed|ing))\s+(?P<who>(?:its|the|their|his)\s+(?:[\w-]+\s+){0,2}?(?:pledge"
        r"|commitment|offer|intake|quota)\s+(?:to\s+(?:receive|accept"
        r"|take\s+in|resettle|admit)|of|for)\s+(?:[\w-]+\s+){0,3}?(?:refugees"
        r"|asylum[\s-]seekers))\b"),
        Outcome("amended"), about="refugees", strict=False, cues=("refugees", "asylum")),
)  # fmt: skip
