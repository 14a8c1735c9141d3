"""The JSON of answers, the same through every door."""

from typing import Any

import msgspec

from projections.answers import Answer
from projections.histories import Segment
from projections.questions import Sighting


def entry_rule_body(answer: Answer, sighting: Sighting, drafts_waiting: int) -> dict[str, Any]:
    """One cell: the answer, the two times as understood, and the drafts that wait for it."""
    return {
        **msgspec.to_builtins(answer),
        **sighting.echo(),
        "drafts_waiting": drafts_waiting,
    }


def history_body(history: tuple[Segment, ...]) -> list[dict[str, Any]]:
    """A timeline: segments with `from` and `until`, null where they are open."""
    return msgspec.to_builtins(history)
