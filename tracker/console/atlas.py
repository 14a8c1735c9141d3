"""The map: every country's shape with the tone of what holds there, and where a click leads."""

from collections.abc import Mapping

import msgspec

from tracker.console.looks import look
from tracker.domain.countries import COUNTRIES, country_name

_NOWHERE = frozenset({"AQ"})
"""Codes without a shape: the map ends in the south of South America."""


class Shape(msgspec.Struct, frozen=True):
    """One country on the map; `title` says what its colour says."""

    code: str
    tone: str
    title: str
    href: str | None


def atlas(
    regimes: Mapping[str, str], hrefs: Mapping[str, str], here: str | None = None
) -> tuple[Shape, ...]:
    """The shapes in the order of codes.

    `regimes` has the regime by code, `hrefs` where a click leads; `here` is the country that the
    map is about and has a tone of its own.
    """
    return tuple(
        Shape(code, "here", country_name(code), None)
        if code == here
        else _shape(code, regimes.get(code), hrefs.get(code))
        for code in sorted(COUNTRIES)
        if code not in _NOWHERE
    )


def known_places(hrefs: Mapping[str, str]) -> tuple[Shape, ...]:
    """The shapes with those in a tone of their own that facts are on record about."""
    return tuple(
        Shape(
            code,
            "arrival" if code in hrefs else "unknown",
            f"{country_name(code)}{'' if code in hrefs else ': nothing on record'}",
            hrefs.get(code),
        )
        for code in sorted(COUNTRIES)
        if code not in _NOWHERE
    )


def _shape(code: str, regime: str | None, href: str | None) -> Shape:
    if regime is None:
        return Shape(code, "unknown", f"{country_name(code)}: nothing on record", href)
    shown = look(regime)
    return Shape(code, shown.tone, f"{country_name(code)}: {shown.label}", href)
