"""Briefings: the statements of one speaker on one occasion, read off the rows of statements."""

from collections.abc import Iterable, Mapping

import msgspec

from projections.views.statements import Statement
from tracker.domain.ids import derived


class Briefing(msgspec.Struct, frozen=True):
    """One occasion on which a speaker said several things, by the events of the statements."""

    briefing: str
    speaker: str
    organisation: str | None
    said_on: str
    place: str | None
    statements: tuple[str, ...]


def briefings(rows: Iterable[Statement], merged: Mapping[str, str]) -> tuple[Briefing, ...]:
    """The statements in groups, in the order in which the first of each comes.

    Of one briefing is what one speaker said on one day for one body in one place; a statement that
    leaves out the body or the place goes with those that name it. One without a date is of none.
    `merged` is party given up → party that it turned out to be.
    """
    groups: list[Briefing] = []
    for row in rows:
        if row.said_on is None:
            continue
        speaker = merged.get(row.speaker, row.speaker)
        body = row.organisation and merged.get(row.organisation, row.organisation)
        place = " ".join((row.place or "").split()) or None
        for i, known in enumerate(groups):
            if (
                (known.speaker, known.said_on) == (speaker, row.said_on)
                and (None in (known.organisation, body) or known.organisation == body)
                and (None in (known.place, place) or _same(known.place, place))
            ):
                groups[i] = msgspec.structs.replace(
                    known,
                    organisation=known.organisation or body,
                    place=known.place or place,
                    statements=(*known.statements, row.event),
                )
                break
        else:
            groups.append(Briefing("", speaker, body, row.said_on, place, (row.event,)))
    return tuple(msgspec.structs.replace(g, briefing=_key(g)) for g in groups)


def _same(a: str | None, b: str | None) -> bool:
    return (a or "").casefold() == (b or "").casefold()


def _key(of: Briefing) -> str:
    place = (of.place or "").casefold()
    return str(derived("briefing", of.speaker, of.said_on, of.organisation or "", place))
