"""The back-test on a page: which past events a filter would have told of, judged both ways."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from projections.alerts.backtest import Backtest, Backtested, Hit
from projections.alerts.render import sentence
from tracker.console.lines import headlines
from tracker.domain.filter import Filter
from tracker.domain.subscription import Option
from tracker.parts import Parts

_MOST = 50


class Match(msgspec.Struct, frozen=True):
    """A past event, and whether it would have been told as known then and in hindsight."""

    event: str
    recorded_at: datetime
    headline: str
    sentences: tuple[str, ...]
    then: bool
    hindsight: bool


class Trial(msgspec.Struct, frozen=True):
    """What a back-test found; `next` is where to go on, None at the end of the log."""

    matches: list[Match]
    then: int
    hindsight: int
    after: int
    next: int | None


async def trial(parts: Parts, watched: Filter, options: Sequence[Option], after: int) -> Trial:
    """Hold a filter against the past both ways; nothing is sent."""
    backtest = Backtest(parts.database)
    then, later = [
        await backtest.run(watched, options, hindsight=hindsight, after=after, limit=_MOST)
        for hindsight in (False, True)
    ]
    # Beyond where one of them stopped, nobody knows what it would have found.
    ends = [ran.next for ran in (then, later) if ran.next is not None]
    end = min(ends, default=None)
    hits, hindsight = _until(then, end), _until(later, end)
    both = {**hindsight, **hits}
    lines = await headlines(parts, [str(hit.event) for hit in both.values()])
    matches = [
        Match(
            str(hit.event),
            hit.recorded_at,
            line := lines.get(str(hit.event), hit.type.replace("-", " ")),
            tuple(dict.fromkeys(sentence(reason, line) for reason in hit.reasons)),
            at in hits,
            at in hindsight,
        )
        for at, hit in sorted(both.items())
    ]
    return Trial(matches, len(hits), len(hindsight), after, end)


def _until(ran: Backtested, end: int | None) -> dict[int, Hit]:
    return {hit.position: hit for hit in ran.hits if end is None or hit.position <= end}
