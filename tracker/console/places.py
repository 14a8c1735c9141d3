"""What people type for a country: a code, a name, or a name with its code."""

import re

from tracker.domain.countries import COUNTRIES, country_code
from tracker.domain.errors import Refused

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
    try:
        return country_code(code.group(1) if code else typed)
    except Refused as wrong:
        raise Refused(f"{field}: {wrong.message}", field=field) from None
