"""Merges: what turned out to be one thing, and which id stands for it from then on."""

from collections.abc import Mapping

from tracker.domain.base import require


def survivor(one: str, merged: Mapping[str, str]) -> str:
    """The id that stands for this one now, over however many merges."""
    while one in merged:
        one = merged[one]
    return one


def require_standing(one: str, merged: Mapping[str, str], field: str, noun: str) -> None:
    """Refuse what was merged away, naming what stands for it."""
    now = survivor(one, merged)
    require(now == one, f"{field}: {noun} {one} was merged into {now}; name that one", field)


def require_mergeable(one: str, into: str, merged: Mapping[str, str], field: str) -> None:
    """Refuse a merge unless both are different and still stand; so merges never make a circle.

    `field` is where the id that is given up was named, and the noun for what it is.
    """
    require(one != into, f"into: is the same {field}", "into")
    require_standing(one, merged, field, field)
    require_standing(into, merged, "into", field)


def reason_given(reason: str) -> str:
    """The reason without space around it; Refused where there is none."""
    require(reason.strip(), "reason: say why", "reason")
    return reason.strip()
