"""Step by step: each event with a tag, and what it changed, as the state before and after."""

from collections.abc import Sequence
from datetime import UTC, date

import msgspec
from litestar import Response, get

from projections import VIEWS
from projections.entries import headline
from projections.replay import Altered, Replay, Step, differing, worded
from tracker.console.looks import look
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.visits import GivenParts, arrive, position
from tracker.domain.base import Recorded, tagged
from tracker.domain.countries import country_name
from tracker.domain.errors import Refused

_MOST = 300
"""So many events are folded for one page; more are replayed by the command line."""


class Changed(msgspec.Struct, frozen=True):
    """One row, or one answer, and its fields before and after."""

    what: str
    how: str
    fields: tuple[tuple[str, str, str], ...]


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
        steps=_steps(events, at, names, day, everything=everything),
        lines=[headline(r, names) for r in events],
        events=events,
        twin=with_query("/api/v1/events", [("tag", tag)]),
    )


def _steps(
    events: Sequence[Recorded], at: int, names: dict[str, str], day: date, *, everything: bool
) -> list[Shown]:
    """The step that is asked for, or all; the state begins empty before the first."""
    state, shown = Replay(VIEWS, day), list[Shown]()
    for number, recorded in enumerate(events, 1):
        step = state.step(recorded)
        if everything or number == at:
            shown.append(_shown(number, step, names))
        if number == at and not everything:
            break
    return shown


def _shown(number: int, step: Step, names: dict[str, str]) -> Shown:
    answers = tuple(
        Changed(
            f"{country_name(a.after.destination)} for nationals of"
            f" {country_name(a.after.nationality)}",
            f"{look(a.before.regime).label} → {look(a.after.regime).label}",
            _fields(a.before, a.after),
        )
        for a in step.answers
    )
    rows = tuple(_row(change) for change in step.changes)
    return Shown(number, step.recorded, headline(step.recorded, names), answers, rows, step.failed)


def _row(change: Altered) -> Changed:
    key = ", ".join(f"{n} {worded(v)}" for n, v in zip(change.row.key, change.key, strict=True))
    how = "new" if change.before is None else "gone" if change.after is None else "changed"
    return Changed(f"{change.view}: {key}", how, _fields(change.before, change.after))


def _fields(
    before: msgspec.Struct | None, after: msgspec.Struct | None
) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, worded(old), worded(new)) for name, old, new in differing(before, after))


PAGE = pages(replay)
