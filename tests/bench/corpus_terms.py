"""The words of the labelled corpus for the words of the tracker."""

import re

COUNTED = re.compile(r"(?<=: )[\w ]*(?:countries|nations|states|nationalities)$")
UNCOUNTED = re.compile(r"\b(?:other|more(?! than)|additional)\s+")
ENDED: dict[str | None, str] = {"visa-required": "visa_free", "unknown": "entry_ban"}
TITLES: dict[str, str] = {
    "Visa-free entry": "visa-free",
    "Visa requirement": "visa-required",
    "Entry ban": "entry-ban",
    "Electronic travel authorisation": "eta",
    "Electronic visa": "e-visa",
    "Visa on arrival": "visa-on-arrival",
}
"""The regime of which a fact without a rule tells by its title: an act of a union, or of many."""
TARGETED = re.compile(
    r"official|member|responsible|involved|politician|diplomat|undermin|individual|lawmaker|minister"
    r"|leader|complicit|personnel|relative|famil|envoy|person"
)
"""Categories of people whom a ban means to sanction."""
HALTED = {"suspended": "suspension", "reinstated": "reinstatement", "extended": "extension"}
MEASURES: dict[str | None, str] = {
    "freedom-of-movement": "visa_free",
    "visa-free": "visa_free",
    "visa-free-suspended": "visa_free",
    "visa-required": "visa_required",
    "visa-on-arrival": "visa_on_arrival",
    "e-visa": "evisa",
    "eta": "eta",
    "entry-ban": "entry_ban",
}
ACTIONS = {
    "introduced": "introduced",
    "amended": "introduced",
    "suspended": "suspended",
    "reinstated": "introduced",
    "extended": "extended",
    "postponed": "announced",
    "withdrawn": "ended",
    "repealed": "ended",
}
COMPARATORS = {
    "=": "exact",
    "~": "about",
    "<~": "nearly",
    ">": "more_than",
    ">=": "more_than",
    "<": "up_to",
    "<=": "up_to",
    "range": "range",
}
INCIDENTS = {
    "smuggling": "smuggling_arrest",
    "trafficking": "smuggling_arrest",
    "killing": "deaths",
    "accident": "deaths",
    "drowning": "drowning",
    "detention": "detention",
    "armed-clash": "violence",
    "attack": "violence",
    "protest": "violence",
    "kidnapping": "kidnapping",
    "expulsion": "expulsion",
}
