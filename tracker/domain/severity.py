"""Which way a change of an entry rule goes and how hard it hits, by one published table.

Regimes are placed on a ladder by what a traveller has to do: from nothing, over an authorisation
and a visa at the border, to a visa beforehand and no entry at all. A step up is tighter, a step
down is looser, and the longer the step the more severe; a ban, or its end, is always the most
severe. Shorter or longer stays under one regime are of severity 1. What nobody can place
(`conditional`, `unknown`) is unclear, of severity 2. `docs/severity.md` shows the table.
"""

import msgspec

from tracker.domain.policy import Direction, Severity

LADDER: dict[str, int] = {
    "freedom-of-movement": 0,
    "visa-free": 1,
    "eta": 2,
    "e-visa": 3,
    "visa-on-arrival": 3,
    "visa-required": 5,
    "visa-free-suspended": 5,
    "entry-ban": 7,
}
"""Regime → rung."""
BY_STEP: dict[int, Severity] = {0: 1, 1: 2, 2: 3, 3: 3, 4: 4, 5: 4, 6: 5, 7: 5}
"""Rungs between two regimes → severity."""
BANNED = "entry-ban"


class Weight(msgspec.Struct, frozen=True):
    """Which way a change goes, and how severe it is."""

    direction: Direction
    severity: Severity


def weigh(
    before: str, after: str, stay_before: int | None = None, stay_after: int | None = None
) -> Weight:
    """The weight of a change from one regime, with its length of stay in days, to another."""
    if before == after:
        return Weight(_of_stay(stay_before, stay_after), 1)
    low, high = LADDER.get(before), LADDER.get(after)
    if low is None or high is None:
        return Weight("unclear", 2)
    if low == high:
        return Weight("neutral", 1)
    direction: Direction = "tighter" if high > low else "looser"
    return Weight(direction, 5 if BANNED in (before, after) else BY_STEP[abs(high - low)])


def _of_stay(before: int | None, after: int | None) -> Direction:
    if before == after:
        return "neutral"
    if before is None or after is None:
        return "unclear"
    return "tighter" if after < before else "looser"
