"""Country codes (ISO 3166-1), names and the time zone of each capital."""

from functools import cache
from importlib.resources import files

import msgspec

from tracker.domain.errors import Refused


class Country(msgspec.Struct, frozen=True):
    """One country or territory with a code of its own."""

    code: str
    alpha3: str
    name: str
    capital_zone: str


def _load() -> dict[str, Country]:
    text = files("tracker.domain").joinpath("data/countries.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {row[0]: Country(*row) for row in rows}


COUNTRIES = _load()


@cache
def _by_any_code() -> dict[str, str]:
    return {c.alpha3: c.code for c in COUNTRIES.values()} | {code: code for code in COUNTRIES}


def country_code(text: str) -> str:
    """The alpha-2 code for an alpha-2 or alpha-3 code in any case; Refused where unknown."""
    code = _by_any_code().get(text.strip().upper())
    if code is None:
        raise Refused(f"{text!r} is not a country code (ISO 3166-1, such as EC or ECU)")
    return code


def country_name(code: str) -> str:
    """The English short name of a code, or the code itself where it is none of a country."""
    known = COUNTRIES.get(code)
    return known.name if known else code
