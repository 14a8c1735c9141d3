"""A series of figures for reading: what is claimed, by how many origins, and what disagrees."""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import msgspec

from projections.figures import Figure, compare
from projections.origins import Origin, independent, name_key


class Claimed(msgspec.Struct, frozen=True):
    """Figures that say the same of the same period: one claim, however often it is repeated."""

    period: str | None
    basis: str | None
    value: str | None
    comparator: str
    lower: str | None
    upper: str | None
    cue: str | None
    figures: tuple[str, ...]
    """The events, the first first."""
    origins: tuple[Origin, ...]
    """All of them, the unattributed among them."""
    independent: int
    """How many origins speak for themselves."""


class Disagreement(msgspec.Struct, frozen=True):
    """Two figures that cannot both be taken as they stand, by their events, and why."""

    a: str
    b: str
    kind: str
    reason: str


class Series(msgspec.Struct, frozen=True):
    """The claims of one series side by side; nothing is averaged and nothing left out."""

    claims: tuple[Claimed, ...]
    vintages: tuple[tuple[str, ...], ...]
    """Figures that revise one another, the oldest first."""
    disagreements: tuple[Disagreement, ...]
    independent: int
    """How many independent origins the claims have together."""


def series(
    figures: Iterable[Figure],
    identify: Callable[[str], str] = name_key,
    same: Sequence[tuple[str, str]] = (),
) -> Series:
    """The series of figures that share metric, geography and counterpart, in any order.

    Claims and disagreements are those of the newest vintages that stand. `identify` may know the
    party of a name, `same` are pairs of events that an analyst holds to have one origin.
    """
    rows = sorted(figures, key=lambda f: f.position)
    current = [f for f in rows if f.counts]
    groups: dict[tuple[str | None, ...], list[Figure]] = {}
    for f in current:
        known = f.value or f.lower or f.upper
        groups.setdefault(
            (f.period, f.basis, f.unit, f.lower, f.upper, None if known else f.cue), []
        ).append(f)
    together = {f.event: f.origins for f in current}
    return Series(
        claims=tuple(_claimed(group, identify, same) for group in groups.values()),
        vintages=_chains(rows),
        disagreements=tuple(disagreements(current, identify, same)),
        independent=len(independent(together, identify, same)),
    )


def disagreements(
    figures: Sequence[Figure],
    identify: Callable[[str], str] = name_key,
    same: Sequence[tuple[str, str]] = (),
) -> list[Disagreement]:
    """Every two of the figures that disagree, in the order given."""
    one_origin = {frozenset(pair) for pair in same}
    return [
        Disagreement(a.event, b.event, differs.kind, differs.reason)
        for a, b in combinations(figures, 2)
        if frozenset((a.event, b.event)) not in one_origin and (differs := compare(a, b, identify))
    ]


def _claimed(
    group: Sequence[Figure], identify: Callable[[str], str], same: Sequence[tuple[str, str]]
) -> Claimed:
    first = group[0]
    by_fact = {f.event: f.origins for f in group}
    return Claimed(
        period=first.period,
        basis=first.basis,
        value=first.value,
        comparator=first.comparator,
        lower=first.lower,
        upper=first.upper,
        cue=first.cue,
        figures=tuple(by_fact),
        origins=tuple(dict.fromkeys(o for f in group for o in f.origins)),
        independent=len(independent(by_fact, identify, same)),
    )


def _chains(rows: Sequence[Figure]) -> tuple[tuple[str, ...], ...]:
    first_of: dict[str, str] = {}
    chains: dict[str, list[str]] = {}
    for f in rows:
        root = first_of.get(f.revises or "", f.event)
        first_of[f.event] = root
        chains.setdefault(root, []).append(f.event)
    return tuple(tuple(chain) for chain in chains.values() if len(chain) > 1)
