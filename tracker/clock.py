"""The only place that asks what time it is; everything else is given a clock."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
STEP = timedelta(hours=1)
"""By how much a clock has to be off to have been set: those of two machines differ by less."""


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def lately(then: datetime | None, now: datetime, within: timedelta) -> bool:
    """Whether something was so short a time ago; not where it lies ahead, nor where it never was."""
    return then is not None and timedelta() <= now - then < within


class Comparing:
    """Looks for what was set while a clock was ahead: at first, when it steps back, and each hour."""

    def __init__(self) -> None:
        self._compared_at: datetime | None = None

    async def compare(self, now: datetime, set_back: Callable[[], Awaitable[object]]) -> None:
        """Set back what lies further ahead of now than it can, unless that was done lately."""
        if not lately(self._compared_at, now, STEP):
            await set_back()
            self._compared_at = now
