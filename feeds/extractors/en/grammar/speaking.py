"""The verbs by which somebody is said to say, demand, announce or report something."""

import re

# Each list is of stems with the same endings: what is said, or how it is taken, is a statement.
_ED = (
    r"add|warn|insist|claim|assert|lament|explain|maintain|remark|respond|protest|affirm"
    r"|reaffirm|caution|disput|contend|threaten|demand|reject|condemn|slamm|back|tweet|post|comment"
    r"|appeal|object|counter|hint|boast|recommend|slam"
)
_D = (
    r"state(?=d\b)|declare|argue|urge|accuse|criticise|criticize|reiterate|acknowledge|blame|describe"
    r"|promise|emphasise|emphasize|pledge|praise|allege|denounce|deplore|advise|apologise|apologize"
    r"|welcome(?=[sd]\s+(?:the|a|an|that|this|its|it|\w+['’]s)\b)|propose(?=[sd]\s+(?:that|to)\b)|voice"
    r"|recognise|recognize|underline|underscore|ridicule|note|observe(?=d\s+that)|concede|dispute"
    r"|assure"
)
_IRREGULAR = (
    r"sa(?:id|ys?)|t(?:old|ells?)|wr(?:ote|ites)|states(?=\s+that\b)|den(?:ied|ies|y)|repl(?:ied|ies)"
    r"|decr(?:ied|ies)|(?:dismiss|express|stress)(?:ed|es)|vow(?:ed|s)|call(?:ed|s)?\s+(?:on|for|upon|it|the|its)"
    r"|admit(?:ted|s)(?=\s+(?:that|it|the)\b)|ask(?:ed|s)|thank(?:ed|s)|suggest(?:ed|s)|hail(?:ed|s)"
    r"|(?:point|rul)(?:ed|s|es)\s+out|insist|warn|argue|urge|accuse|claim(?=\s+that\b)|assert"
    r"|defend(?:ed|s)|(?:regret|rebut)(?:ted|s)|testif(?:ied|ies)|stress"
    r"|(?:issue|deliver)(?:d|s|ed)\s+(?:a|an)\s+(?:\w+\s+)?warning"
    r"|saying|calling\s+(?:on|for|it|the)|warning(?=\s+(?:that|of|about|against|without|\w+\s+(?:not|to))\b)"
    r"|(?:add|insist|claim|assert|argu|urg|accus|deny|vow|pledg|stress|alleg|condemn|describ|blam"
    r"|demand|threaten|criticis|criticiz|reiterat)ing"
)
SPEECH = rf"(?:(?:{_ED})(?:ed|s)|(?:{_D})[ds]|{_IRREGULAR})"
# These give a figure, a finding or a decision; they carry a statement only with its words.
ANNOUNCING = r"(?:announce[sd]?|confirm(?:ed|s)|announcing|confirming)"
REPORTING = (
    rf"(?:{ANNOUNCING}|explains?|reported|reports|estimates|estimated|recorded|registered"
    r"|revealed|reveals?|found|shows?|showed|counted|published|predicted|predicts|anticipates?"
    r"|expects?|believes?)"
)
# Whoever does this speaks, and what is said follows in words of their own.
_APPEARING = (
    r"(?:(?:held|holds|gave|gives)\s+an?\s+(?:\w+\s+)?(?:press|news)\s+(?:conference|briefing)"
    r"|spoke\s+to\s+(?:reporters|journalists))"
)
VERB = re.compile(rf"\b(?P<verb>{_APPEARING}|{SPEECH}|{REPORTING})\b")
ANNOUNCES = re.compile(ANNOUNCING)
_APPEARS = re.compile(_APPEARING)
# All other verbs and cues that attribute something; SPEECH itself looks at what follows a verb.
_NO_SPEECH = re.compile(
    rf"{REPORTING}|{_APPEARING}|according\s+to|cited|quoting|citing|\w+\s+(?:by|from)",
    re.IGNORECASE,
)
PARTICIPLE = re.compile(r"\w+ing\b")
# "…," said Lin: only these stand before their subject, or behind a comma after it.
INVERTED = re.compile(
    r"(?:said|says|told|tells|added|adds|wrote|warned|insisted|argued|claimed|explained|declared|replied|stated"
    r"|stressed|noted|remarked|tweeted)"
)
TAKES_SIDES = re.compile(
    r"(?:warn|urg|call|condemn|accus|den(?:y|i)|vow|criticis|criticiz|demand|reject|defend|denounc|blam"
    r"|threaten|pledg|promis|appeal|caution|slam|decr|deplor|insist|disput|dismiss)"
)


def is_speech(verb: str) -> bool:
    """Whether a verb that attributes something says that somebody spoke their mind."""
    return _NO_SPEECH.fullmatch(verb) is None


def appears(verb: str) -> bool:
    """Whether somebody is only said to have spoken, not what."""
    return _APPEARS.fullmatch(verb) is not None
