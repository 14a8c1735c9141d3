"""What people type for a country, a code or a name or both, and for a person or a body."""

import re
from collections.abc import Iterable

from projections.views.parties import Party
from tracker.domain.countries import COUNTRIES, country_code
from tracker.domain.errors import Refused
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


def named_party(text: str | None, parties: Iterable[Party], field: str) -> Party | None:
    """The party by its id or any of its names, None for nothing; Refused names the field."""
    typed = (text or "").strip()
    if not typed:
        return None
    for party in parties:
        if typed == party.party or typed.casefold() in (name.casefold() for name in party.names):
            return party
    raise Refused(f"{field}: nobody on record is called {typed!r}", field=field)
