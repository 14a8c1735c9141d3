"""The words of the labelled corpus for the words of the tracker."""

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
TITLES: dict[str | None, str] = {
    "Entry ban": "entry_ban",
    "Programme suspended": "suspension",
    "Programme resumed": "reinstatement",
    "Visa-free entry": "visa_free",
    "Visa-free entry suspended": "visa_free",
    "Visa requirement": "visa_required",
    "Electronic visa": "evisa",
    "Electronic travel authorisation": "eta",
    "Visa on arrival": "visa_on_arrival",
    "Fee changed": "fee",
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
