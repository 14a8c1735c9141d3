"""Every version of every event that was ever written is read as today's; none is forgotten."""

import re
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from tracker.domain.base import Event
from tracker.domain.catalog import BY_TYPE, EVENTS, brought_up, decode, encode
from tracker.domain.errors import TrackerError
from tracker.domain.upcasts import UPCASTS, Table, upcast

GOLDEN = Path(__file__).parents[2] / "data/golden"
NAME = re.compile(r"(?P<type>[a-z-]+)\.v(?P<version>\d+)\.json")
WRITTEN = sorted(path.name for path in GOLDEN.iterdir())


class Example(msgspec.Struct, forbid_unknown_fields=True):
    """A payload as it was stored, and as it is read today where that differs."""

    stored: dict[str, Any]
    today: dict[str, Any] | None = None


class Moved(Event, frozen=True, kw_only=True):
    """An event in its third version, with a table of its own."""

    type: ClassVar[str] = "moved"
    schema_version: ClassVar[int] = 3

    place: str
    country: str


TABLE: Table = {
    ("moved", 1): lambda old: {"place": old["where"]},
    ("moved", 2): lambda old: {**old, "country": "EC"},
}


def golden(name: str) -> tuple[type[Event], int, Example]:
    found = NAME.fullmatch(name)
    assert found, name
    example = msgspec.json.decode((GOLDEN / name).read_bytes(), type=Example)
    return BY_TYPE[found["type"]], int(found["version"]), example


@pytest.mark.parametrize("name", WRITTEN)
def test_what_was_ever_written_is_read_as_todays_event(name: str) -> None:
    kind, version, example = golden(name)

    event = decode(kind.type, version, encode(example.stored))

    assert type(event) is kind
    assert encode(event) == encode(example.today or example.stored)


def test_every_version_of_every_event_has_a_golden_file() -> None:
    needed = {
        f"{event.type}.v{version}.json"
        for event in EVENTS
        for version in range(1, event.schema_version + 1)
    }

    assert needed == set(WRITTEN)


@pytest.mark.parametrize("event", EVENTS)
def test_the_golden_file_of_todays_version_sets_every_field(event: type[Event]) -> None:
    _, _, example = golden(f"{event.type}.v{event.schema_version}.json")

    assert example.today is None
    assert set(example.stored) == set(event.__struct_encode_fields__)


def test_there_is_a_step_up_from_every_version_but_todays() -> None:
    needed = {(e.type, version) for e in EVENTS for version in range(1, e.schema_version)}

    assert set(UPCASTS) == needed


@pytest.mark.parametrize(
    ("version", "payload"),
    [
        (1, {"where": "Quito"}),
        (2, {"place": "Quito"}),
        (3, {"place": "Quito", "country": "EC"}),
    ],
)
def test_an_old_payload_goes_up_step_by_step(version: int, payload: dict[str, Any]) -> None:
    event = brought_up(Moved, version, encode(payload), TABLE)

    assert event == Moved(place="Quito", country="EC")


def test_what_was_stored_is_not_changed_on_its_way() -> None:
    stored = {"where": "Quito"}

    upcast("moved", 1, 3, stored, TABLE)

    assert stored == {"where": "Quito"}


@pytest.mark.parametrize("version", [0, 4])
def test_a_version_of_a_newer_tracker_is_named(version: int) -> None:
    with pytest.raises(TrackerError, match=rf"a moved of version {version}.* up to 3: update it"):
        brought_up(Moved, version, b"{}", TABLE)


def test_an_event_of_a_newer_tracker_is_not_read_as_todays() -> None:
    with pytest.raises(TrackerError, match="a feed-resumed of version 2"):
        decode("feed-resumed", 2, b'{"feed":"01a1ffcc-4f46-7c5c-9b71-7b90fa44b481"}')


@pytest.mark.parametrize("kind", ["changed", "observed", "proposed", "rejected"])
def test_a_policy_from_before_its_effect_could_be_overridden_is_read_as_it_was(kind: str) -> None:
    _, _, example = golden(f"policy-{kind}.v1.json")
    later = ("direction", "severity", "override_reason")
    stored = {name: value for name, value in example.stored.items() if name not in later}

    event = decode(f"policy-{kind}", 1, encode(stored))

    assert encode(event) == encode(stored)


def test_a_feed_from_before_more_could_be_set_for_it_is_read_as_it_was() -> None:
    _, _, example = golden("feed-added.v1.json")
    later = (
        "most_interval_s", "spacing_s", "article", "category", "include", "exclude", "trust",
    )  # fmt: skip
    stored = {name: value for name, value in example.stored.items() if name not in later}

    event = decode("feed-added", 1, encode(stored))

    assert encode(event) == encode(stored)


@pytest.mark.parametrize(
    ("name", "later"),
    [
        ("draft-accepted.v1.json", {"corroborates", "together", "trust"}),
        ("draft-rejected.v1.json", {"together"}),
        ("draft-reopened.v1.json", {"together"}),
        ("document-received.v1.json", {"names", "terms"}),
        ("document-revised.v1.json", {"names", "terms"}),
        ("fact-retracted.v1.json", {"source_of"}),
    ],
)
def test_what_was_written_before_drafts_were_decided_together_is_read_as_it_was(
    name: str, later: set[str]
) -> None:
    kind, version, example = golden(name)
    stored = {field: value for field, value in example.stored.items() if field not in later}

    assert encode(decode(kind.type, version, encode(stored))) == encode(stored)
