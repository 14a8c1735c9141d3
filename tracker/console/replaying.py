"""Step by step: each event with a tag, and what it changed, as the state before and after."""

from collections.abc import Sequence
from datetime import UTC, date

import msgspec
from litestar import Response, get

from projections import VIEWS
from projections.entries import headline
from projections.replay import Altered, Replay, Step
from tracker.console.looks import look
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.visits import GivenParts, arrive, position
from tracker.console.wording import Wording
from tracker.domain.base import Recorded, tagged
from tracker.domain.countries import country_name
from tracker.domain.errors import Refused

Row = msgspec.Struct | None
_MOST = 300
"""So many events are folded for one page; more are replayed by the command line."""


class Changed(msgspec.Struct, frozen=True):
    """One row, or one answer, and its fields before and after, in words; `raw` is all of it."""

    what: str
    how: str
    fields: tuple[tuple[str, str, str], ...]
    raw: str | None = None


class Shown(msgspec.Struct, frozen=True):
    """A step as people read it."""

    number: int
    recorded: Recorded
    headline: str
    answers: tuple[Changed, ...]
    rows: tuple[Changed, ...]
    failed: tuple[str, ...]


@get("/audit/replay")
async def replay(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """The event at `step` of those with a tag; `all` shows every one."""
    visit = await arrive(request, parts)
    asked = request.query_params
    tag = (asked.get("tag") or "").strip()
    if not tag:
        raise Refused("tag: say which events are to be replayed, as in rule:EC", field="tag")
    events = await parts.reader.read(tagged(tag), limit=_MOST + 1)
    more, events = len(events) > _MOST, events[:_MOST]
    everything = asked.get("all") is not None
    wanted = position("step", asked.get("step")) or 1
    at = min(max(wanted, 1), len(events)) if events else 0
    parties = {p for r in events if r.event for p in r.event.facets().parties}
    names = await parts.questions.names(parties)
    day = parts.clock().astimezone(UTC).date()
    return page(
        request,
        "replay.html",
        visit=visit,
        tag=tag,
        total=len(events),
        more=more,
        at=at,
        everything=everything,
        steps=_steps(events, at, Wording(events, names), day, everything=everything),
        lines=[headline(r, names) for r in events],
        events=events,
        twin=with_query("/api/v1/events", [("tag", tag)]),
    )


def _steps(
    events: Sequence[Recorded], at: int, wording: Wording, day: date, *, everything: bool
) -> list[Shown]:
    """The step that is asked for, or all; the state begins empty before the first."""
    state, shown = Replay(VIEWS, day), list[Shown]()
    for number, recorded in enumerate(events, 1):
        step = state.step(recorded)
        if everything or number == at:
            shown.append(_shown(number, step, wording, raw=not everything))
        if number == at and not everything:
            break
    return shown


def _shown(number: int, step: Step, wording: Wording, *, raw: bool) -> Shown:
    def changed(what: str, how: str, before: Row, after: Row) -> Changed:
        sides = {"before": before, "after": after}
        text = msgspec.json.format(msgspec.json.encode(sides)).decode() if raw else None
        return Changed(what, how, wording.fields(before, after), text)

    answers = tuple(
        changed(
            f"{country_name(a.after.destination)} for nationals of"
            f" {country_name(a.after.nationality)}",
            f"{look(a.before.regime).label} → {look(a.after.regime).label}",
            a.before,
            a.after,
        )
        for a in step.answers
    )
    rows = tuple(
        changed(wording.row(one), _how(one), one.before, one.after) for one in step.changes
    )
    said = headline(step.recorded, wording.names)
    return Shown(number, step.recorded, said, answers, rows, step.failed)


def _how(change: Altered) -> str:
    return "new" if change.before is None else "gone" if change.after is None else "changed"


PAGE = pages(replay)
