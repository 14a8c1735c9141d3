"""Which words make a text one about people who cross borders."""

import re

# A border alone is where armies stand; these are about who passes it.
_BORDERS = (
    r"borders?\s+(?:controls?|checks?|guards?|agents?|walls?|fences?|security|crossings?|polic(?:y|ies)"
    r"|closures?|patrols?|officials?|officers?|police|force|crisis|enforcement|restrictions?|agency"
    r"|authorities|posts?|checkpoints?)"
    r"|(?:clos|re-?open|shut|cross|secur|seal|control)(?:e[sd]?|ed|s|ing|ting|led|ling)?\s+"
    r"(?:\w+\s+){0,3}?borders?"
    r"|(?:open|southern|south-?west|closed|porous)\s+borders?|borderless|frontier\s+controls?"
)
_PEOPLE = (
    r"(?:im|e)?migra(?:nts?|tion|tory)|immigrat\w+|emigrat\w+|migrating|refugees?|asylum|stateless\w*"
    r"|deport\w*|repatriat\w*|resettl\w*|undocumented|illegal\s+(?:aliens?|entr(?:y|ies|ants?)|crossings?"
    r"|arrivals?)|internally\s+displaced|displaced\s+(?:people|persons|families)|unaccompanied"
    r"|boat\s+people|small[-\s]boats?|caravans?|(?:sent|send(?:ing)?|turn(?:ed|ing)?)\s+back"
    r"|(?:illegally|unlawfully)\s+(?:in|enter\w*|cross\w*|present|stay\w*|resid\w*)"
    r"|(?:enter|cross|stay|arriv|countr)\w*\s+(?:\w+\s+){0,3}(?:illegally|unlawfully)"
    r"|pushbacks?|push-backs?|traffickers(?<!drug\straffickers)|smugglers(?<!drug\ssmugglers)"
    r"|overstay\w*|cross(?:ed|es|ing|ings)?\s+the\s+(?:Channel|Mediterranean|sea|river|Dari[eé]n"
    r"|English\s+Channel)|people[-\s]smuggl\w*|(?:human|people|child|sex)[-\s]traffick\w*"
    r"|smuggl\w+\s+(?:of\s+)?(?:people|humans|persons)|traffick\w+\s+in\s+persons"
    r"|(?:human|people|migrant)\s+smuggl\w*|human\s+traffick\w*|non-?refoulement|Dreamers|DACA|Title\s+42"
    r"|family\s+separations?|separat\w+\s+(?:of\s+)?(?:families|children)|ports?\s+of\s+entry"
)
_PAPERS = (
    r"visas?|visa-\w+|passports?|consular|Schengen|travel\s+(?:bans?|advisor\w+|advice|warnings?"
    r"|restrictions?|documents?|permits?|authori[sz]ations?)|entry\s+(?:bans?|requirements?|rules"
    r"|restrictions?|permits?)|(?:bar|barr|ban|bann|block|den|refus)(?:s|ed|ing|ies|ied|ying)?\s+"
    r"(?:\w+\s+){0,4}?(?:from\s+entering|entry)|ETIAS|(?:residence|work)\s+permits?|free\s+movement"
    r"|freedom\s+of\s+movement|foreign\s+(?:nationals|citizens|visitors|travell?ers|tourists)"
    r"|(?:its|their|our|all|\w+(?:an|ese|ish|i))\s+(?:citizens|nationals)\s+(?:\w+\s+){0,3}?"
    r"(?:to\s+(?:leave|avoid|return|depart)|against|not\s+to|abroad|travel\w*|stranded|detained)"
)
_SCOPE = re.compile(rf"\b(?:{_PEOPLE}|{_PAPERS}|{_BORDERS})\b", re.IGNORECASE)


def crosses_borders(text: str, start: int, end: int) -> bool:
    """Whether a stretch of text speaks of people who cross borders, and of what they need for it."""
    return _SCOPE.search(text, start, end) is not None


def mentions(text: str, start: int, end: int) -> int:
    """How many times it does."""
    return sum(1 for _ in _SCOPE.finditer(text, start, end))
