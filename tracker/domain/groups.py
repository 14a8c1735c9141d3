"""Named groups of countries whose membership changes over time.

Each member carries the day it joined and, where it left, the first day it was no longer in.
`EU` and `Schengen` follow the accession treaties and Council decisions; the other groups follow
their founding treaties. A rule that names a group is resolved by membership on the day asked for.
"""

from datetime import date
from functools import cache, lru_cache

from tracker.domain import edtf
from tracker.domain.countries import country_code
from tracker.domain.errors import Refused

# group → {since → space-separated codes}; LEFT holds the first day out.
_JOINED: dict[str, dict[str, str]] = {
    "EU": {
        "1958-01-01": "BE DE FR IT LU NL",
        "1973-01-01": "DK IE GB",
        "1981-01-01": "GR",
        "1986-01-01": "ES PT",
        "1995-01-01": "AT FI SE",
        "2004-05-01": "CY CZ EE HU LT LV MT PL SI SK",
        "2007-01-01": "BG RO",
        "2013-07-01": "HR",
    },
    "Schengen": {
        "1995-03-26": "BE DE ES FR LU NL PT",
        "1997-10-26": "IT",
        "1997-12-01": "AT",
        "2000-01-01": "GR",
        "2001-03-25": "DK FI IS NO SE",
        "2007-12-21": "CZ EE HU LT LV MT PL SI SK",
        "2008-12-12": "CH",
        "2011-12-19": "LI",
        "2023-01-01": "HR",
        "2024-03-31": "BG RO",
    },
    "GCC": {"1981-05-25": "AE BH KW OM QA SA"},
    "MERCOSUR": {
        "1991-11-29": "AR BR PY UY",
        "2012-07-31": "VE",
        "2024-08-08": "BO",
    },
    "ASEAN": {
        "1967-08-08": "ID MY PH SG TH",
        "1984-01-07": "BN",
        "1995-07-28": "VN",
        "1997-07-23": "LA MM",
        "1999-04-30": "KH",
        "2025-10-26": "TL",
    },
    "CARICOM": {
        "1973-08-01": "BB GY JM TT",
        "1974-05-01": "BZ DM GD LC MS VC",
        "1974-07-04": "AG",
        "1974-07-26": "KN",
        "1983-07-04": "BS",
        "1995-07-04": "SR",
        "2002-07-02": "HT",
    },
    "CAN": {"1969-05-26": "BO CO EC PE"},
    "ECOWAS": {
        "1975-05-28": "BF BJ CI GH GM GN GW LR ML NE NG SL SN TG",
        "1977-01-01": "CV",
    },
}
_LEFT: dict[tuple[str, str], str] = {
    ("EU", "GB"): "2020-02-01",
    ("MERCOSUR", "VE"): "2017-08-05",
    ("ECOWAS", "BF"): "2025-01-29",
    ("ECOWAS", "ML"): "2025-01-29",
    ("ECOWAS", "NE"): "2025-01-29",
}

GROUPS = tuple(_JOINED)
LEGISLATORS = ("EU", "Schengen")
"""The groups that make rules of their own, which bind their members."""
_LATEST = date(9999, 1, 1)


@cache
def _membership() -> dict[str, tuple[tuple[str, date, date], ...]]:
    """Country → (group, first day in, first day out)."""
    out: dict[str, list[tuple[str, date, date]]] = {}
    for group, by_day in _JOINED.items():
        for day, codes in by_day.items():
            for code in codes.split():
                left = date.fromisoformat(_LEFT.get((group, code), "9999-12-31"))
                out.setdefault(code, []).append((group, date.fromisoformat(day), left))
    return {code: tuple(spans) for code, spans in out.items()}


@lru_cache(maxsize=8192)
def groups_of(code: str, day: date) -> tuple[str, ...]:
    """The groups that a country is a member of on a day."""
    return tuple(g for g, since, left in _membership().get(code, ()) if since <= day < left)


@cache
def groups_ever(code: str) -> tuple[str, ...]:
    """The groups that a country has been a member of at any time."""
    return tuple(g for g, _, _ in memberships(code))


def memberships(code: str) -> tuple[tuple[str, date, date], ...]:
    """Each group that a country has been a member of, its first day in and its first day out."""
    return _membership().get(code, ())


def membership_days(code: str) -> tuple[date, ...]:
    """The days on which a country joined or left a group: where its rules may change."""
    days = {d for _, since, left in _membership().get(code, ()) for d in (since, left)}
    return tuple(sorted(d for d in days if d.year < 9999))


def members(group: str, day: date) -> tuple[str, ...]:
    """The countries that are in a group on a day, in the order of their codes."""
    return tuple(sorted(code for code in _membership() if group in groups_of(code, day)))


def bound(jurisdiction: str, *days: str | None) -> tuple[str, ...]:
    """The countries in which an act holds: those that are members of a union on its day.

    Its day is the first of those given (EDTF) that has a beginning. An act without a day binds
    whoever is a member under the latest treaty known.
    """
    if jurisdiction not in LEGISLATORS:
        return (jurisdiction,)
    return members(jurisdiction, next(filter(None, map(edtf.lower, days)), _LATEST))


def group_name(text: str) -> str:
    """The group's own spelling for a name in any case; Refused where unknown."""
    for group in GROUPS:
        if group.lower() == text.strip().lower():
            return group
    raise Refused(f"{text!r} is not a known group; known are {', '.join(GROUPS)}")


def jurisdiction(text: str) -> str:
    """A country code, or a group that makes rules as one, in its normal form."""
    legislator = next((g for g in LEGISLATORS if g.lower() == text.strip().lower()), None)
    return legislator or country_code(text)
