"""The verbs by which somebody is said to say, demand, announce or report something."""

import re

# What is said, or how somebody takes a thing. First stems with the same endings, then the others,
# some of which say something only before certain words.
_ED_S = (
    r"add|warn|insist|claim|assert|lament|explain|maintain|remark|respond|protest|affirm|reaffirm"
    r"|caution|contend|threaten|demand|reject|condemn|back|tweet|post|comment|appeal|object|counter"
    r"|hint|boast|recommend|ask|thank|suggest|hail|defend|vow"
)
_D_S = (
    r"declare|argue|urge|accuse|criticise|criticize|reiterate|acknowledge|blame|describe|promise"
    r"|emphasise|emphasize|pledge|praise|allege|denounce|deplore|advise|apologise|apologize|voice"
    r"|recogni[sz]e(?=[sd]\s+that\b)|underline|underscore|ridicule|note|concede|dispute|assure"
    r"|welcome(?=[sd]\s+(?:the|a|an|that|this|its|it|\w+['’]s)\b)|propose(?=[sd]\s+(?:that|to)\b)"
)
_OTHERS = (
    r"sa(?:id|ys?)|t(?:old|ells?)|wr(?:ote|ites)|stated|states(?=\s+that\b)|(?:den|repl|decr)(?:ied|ies)"
    r"|testif(?:ied|ies)|(?:dismiss|express|stress)(?:ed|es)|(?:slam|regret|rebut)(?:med|ted|s)"
    r"|call(?:ed|s)?\s+(?:on|for|upon|it|the|its)|admit(?:ted|s)(?=\s+(?:that|it|the)\b)"
    r"|point(?:ed|s)\s+out|rule[ds]\s+out|issue[ds]\s+an?\s+(?:\w+\s+)?warning"
    # of several: "officials warn"
    r"|insist|warn|argue|urge|accuse|assert|stress|deny|claim(?=\s+that\b)"
)
_ING = (
    r"saying|calling\s+(?:on|for|it|the)"
    r"|warning(?=\s+(?:that|of|about|against|without|\w+\s+(?:not|to))\b)"
    r"|(?:add|insist|claim|assert|argu|urg|accus|deny|vow|pledg|stress|alleg|condemn|describ|blam"
    r"|demand|threaten|criticis|criticiz|reiterat)ing"
)
SPEECH = rf"(?:(?:{_ED_S})(?:ed|s)|(?:{_D_S})[ds]|{_OTHERS}|{_ING})"
# These give a figure, a finding or a decision; they carry a statement only with its words.
ANNOUNCING = r"(?:announce[sd]?|confirm(?:ed|s)|announcing|confirming)"
REPORTING = (
    rf"(?:{ANNOUNCING}|reported|reports|estimates|estimated|recorded|registered"
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
PARTICIPLE = re.compile(r"\w+ing\b.*")
# "…," said Lin: only these stand before their subject, or behind a comma after it.
INVERTED = re.compile(
    r"(?:said|says|told|tells|added|adds|wrote|warned|insisted|argued|claimed|explained|declared"
    r"|replied|stated|stressed|noted|remarked|tweeted)"
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
