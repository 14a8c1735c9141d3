"""The page of all event types, from their own docstrings.

`python -m tests.house.vocabulary > docs/vocabulary.md` writes it anew.
"""

from tracker.domain.base import Event
from tracker.domain.catalog import EVENTS, FACTS

INTRODUCTION = """\
# The vocabulary

Every event that a log can hold, one line each. A type is never renamed or removed, and every
version of it stays readable.

What has a word in the second column is a fact, which cites its sources: `tracker record WORD` and
`POST /api/v1/facts/WORD` take it, and `GET /api/v1/facts/types` lists its fields. What is said of a
fact later comes by `tracker correct`, `retract`, `corroborate`, `relate` and `resolve`, names and
merges by `tracker name` and `merge`, all else by a command of its noun or by the tracker itself.
"""


def page() -> str:
    """The page as it should be."""
    words = {kind.type: f"`{word}`" for word, kind in FACTS.items()}
    lines = [
        f"| `{event.type}` | {words.get(event.type, '')} | {_sentence(event)} |" for event in EVENTS
    ]
    table = ["| type | word | what it says |", "|---|---|---|", *lines]
    return "\n".join([INTRODUCTION, *table, ""])


def _sentence(event: type[Event]) -> str:
    return (event.__doc__ or "").strip().splitlines()[0]


if __name__ == "__main__":
    print(page(), end="")
