"""The forms in which English verbs assert that something happens or has happened."""

import msgspec

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
