"""What a fact says now: as it was recorded, or as a later event corrected it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime

import msgspec

from tracker.domain.base import Recorded
from tracker.domain.catalog import BY_TYPE
from tracker.domain.correction import FactCorrected, FactCorroborated
from tracker.domain.fact import Fact
from tracker.domain.ids import id_text


class Said(msgspec.Struct, frozen=True, gc=False):
    """A fact under its first id and place, whichever event says it in these words."""

    event: str
    """The id of the original fact."""
    position: int
    """The position of the original fact, which it keeps in every order."""
    fact: Fact
    since: int
    """The position from which on the log says it so."""
    recorded_at: datetime
    """When the log came to say it so."""

    @property
    def corrected(self) -> bool:
        """Whether this is not what was said first."""
        return self.since != self.position


_known: dict[int, tuple[Recorded, Said | None]] = {}
_together = False


def said(recorded: Recorded) -> Said | None:
    """The fact that an event states or corrects; None for every other event."""
    # View after view asks it of the same event; what is remembered changes no answer.
    known = _known.get(recorded.position)
    if known is None or known[0] is not recorded:
        if not _together:
            _known.clear()
        known = _known[recorded.position] = (recorded, _said(recorded))
    return known[1]


@contextmanager
def remembered() -> Generator[None]:
    """For views that ask of the same events in turn: what each says is worked out once."""
    global _together  # noqa: PLW0603  as above
    _together = True
    try:
        yield
    finally:
        _together = False
        _known.clear()


def _said(recorded: Recorded) -> Said | None:
    event = recorded.event
    if isinstance(event, Fact):
        if type(event) is FactCorroborated:
            return None
        here = recorded.position
        return Said(id_text(recorded.id), here, event, here, recorded.recorded_at)
    if isinstance(event, FactCorrected):
        fact = msgspec.convert(event.fact, BY_TYPE[event.fact_type])
        if not isinstance(fact, Fact):
            return None
        return Said(
            event.target, event.target_position, fact, recorded.position, recorded.recorded_at
        )
    return None
