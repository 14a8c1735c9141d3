"""How regimes and what they ask of a traveller are shown: a label, a letter and a tone each."""

import msgspec


class Look(msgspec.Struct, frozen=True):
    """The letter and the tone say the same as the label, for those who skim."""

    label: str
    letter: str
    tone: str


_UNKNOWN = Look("Unknown", "?", "unknown")
LOOKS: dict[str, Look] = {
    "freedom-of-movement": Look("Freedom of movement", "M", "free"),
    "visa-free": Look("Visa-free", "F", "free"),
    "visa-free-suspended": Look("Visa-free entry suspended", "S", "closed"),
    "eta": Look("Travel authorisation (ETA)", "T", "electronic"),
    "e-visa": Look("E-visa", "E", "electronic"),
    "visa-on-arrival": Look("Visa on arrival", "A", "arrival"),
    "visa-required": Look("Visa required", "V", "required"),
    "entry-ban": Look("Entry ban", "B", "closed"),
    "conditional": Look("Conditional", "C", "unknown"),
    "unknown": _UNKNOWN,
}
REQUIRES_WORDS: dict[str, str] = {
    "nothing": "no visa",
    "eta": "an ETA",
    "e-visa": "an e-visa",
    "visa": "a visa",
    "not-admitted": "not admitted",
    "unknown": "not known",
}


def look(regime: str) -> Look:
    """How a regime is shown; one that is new is shown by its own name."""
    return LOOKS.get(regime) or Look(regime.replace("-", " ").capitalize(), "•", "unknown")


def needs(regime: str, requires: str) -> str:
    """What a traveller needs, in words."""
    if regime == "visa-on-arrival":
        return "a visa, at the border"
    return REQUIRES_WORDS.get(requires, requires)
