"""What people type for a country: a code, a name, or a name with its code."""

import re

from tracker.domain.countries import COUNTRIES, country_code
from tracker.domain.values import ruled

_WITH_CODE = re.compile(r".*\(([A-Za-z]{2,3})\)\s*")
_BY_NAME = {country.name.casefold(): country.code for country in COUNTRIES.values()}


def place(text: str | None, field: str) -> str | None:
    """The country code for what was typed, None for nothing; Refused names the field."""
    typed = (text or "").strip()
    if not typed:
        return None
    named = _BY_NAME.get(typed.casefold())
    if named:
        return named
    code = _WITH_CODE.fullmatch(typed)
    return ruled(country_code, code.group(1) if code else typed, field)
