"""Old payloads as today's: stored JSON is never rewritten, it is brought up to date when read.

An entry takes the payload of a type in one version to the next one up; it is pure, returns a new
dictionary and is never changed again. A class whose payload changes gets the next
`schema_version`, one entry here, and a golden file of the new version under tests/data/golden.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tracker.domain.errors import TrackerError

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
Table = Mapping[tuple[str, int], Upcast]

UPCASTS: Table = {}


def upcast(
    type_name: str, version: int, today: int, payload: dict[str, Any], table: Table = UPCASTS
) -> dict[str, Any]:
    """The payload of a version as it is in today's, one step after the other.

    Raises TrackerError for a version that only a newer tracker writes.
    """
    if not 1 <= version <= today:
        raise TrackerError(
            f"a {type_name} of version {version} is in the log, and this version of the tracker"
            f" knows {type_name} up to {today}: update it"
        )
    for step in range(version, today):
        payload = table[type_name, step](payload)
    return payload
