"""Lines of JSON become events, or are refused with line, field and reason."""

import io
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tracker.domain.errors import Refused, TooLarge
from tracker.domain.ids import derived
from tracker.domain.party import PartyNamed
from tracker.imports import lines
from tracker.imports.lines import LINE_BYTES, entries

ID = "01a1ffcc-4f46-7c5c-9b71-7b90fa44b481"
PAYLOAD = {"party": ID, "kind": "person", "names": ["Lin Jian"]}
LINE: dict[str, Any] = {"id": ID, "type": "party-named", "payload": PAYLOAD}


def file(*values: Any) -> io.BytesIO:
    return io.BytesIO(b"".join(msgspec.json.encode(value) + b"\n" for value in values))


def test_a_line_of_the_api_is_an_event_and_its_envelope_is_not_taken_over() -> None:
    envelope = {
        "position": 7, "schema_version": 1, "recorded_at": "1999-01-01T00:00:00Z",
        "actor": {"user": "x", "role": "admin", "on_behalf_of": None},
        "correlation_id": ID, "causation_id": ID, "tags": ["party:x"], "erased_by": None,
    }  # fmt: skip

    (entry,) = entries(file(LINE | envelope), "old")

    assert entry.place == "line 1"
    assert entry.new.id == UUID(ID)
    assert entry.new.causation_id is None
    assert entry.new.event == PartyNamed(party=ID, kind="person", names=("Lin Jian",))


def test_without_an_id_it_follows_from_source_and_key() -> None:
    line = {"key": "row 9", "type": "party-named", "payload": PAYLOAD}

    (entry,) = entries(file(line), "old")

    assert entry.new.id == derived("import", "old", "row 9")


def test_blank_lines_are_passed_over_and_counted() -> None:
    first, second = entries(
        io.BytesIO(b"\n" + file(LINE).read() + b"  \n" + file(LINE).read()), "x"
    )

    assert (first.place, second.place) == ("line 2", "line 4")
    assert first.source_bytes + second.source_bytes == 2 * len(file(LINE).read()) + 4


WRONG: list[tuple[Any, str, str | None]] = [
    (LINE | {"type": "unicorn"}, "line 2: type: 'unicorn' is not a type of event", "type"),
    *(
        (LINE | {"type": one}, f"line 2: type: {one} is not imported, since it ", "type")
        for one in (
            "subscription-opened",
            "subscription-closed",
            "audit-read",
            "checkpoint-published",
            "payload-erased",
        )
    ),
    (LINE | {"payload": None}, "line 2: payload: is null", "payload"),
    (LINE | {"id": None}, "line 2: id: give an id, or a key", "id"),
    (LINE | {"id": "7"}, "line 2: id: Invalid UUID", "id"),
    (LINE | {"mood": 1}, "line 2: mood: unknown field", "mood"),
    ({"id": ID, "type": "party-named"}, "line 2: payload: is needed", "payload"),
    (LINE | {"payload": []}, "line 2: payload: Expected `object`, got `array`", "payload"),
    (LINE | {"payload": {}}, "line 2: payload.party: is needed", "payload.party"),
    (
        LINE | {"payload": PAYLOAD | {"kind": "dog"}},
        "line 2: payload.kind: Invalid enum value 'dog'",
        "payload.kind",
    ),
    ([], "line 2: Expected `object`, got `array`", None),
]


@pytest.mark.parametrize(("line", "sentence", "field"), WRONG)
def test_a_wrong_line_is_refused_with_its_number_and_field(
    line: Any, sentence: str, field: str | None
) -> None:
    with pytest.raises(Refused) as refused:
        list(entries(file(LINE, line), "x"))

    assert refused.value.message.startswith(sentence)
    assert refused.value.field == field


@pytest.mark.parametrize("text", [b"{", b"x", b'{"type":"\xff"}', b"\xef\xbb\xbf{}"])
def test_what_is_no_json_is_refused_in_one_sentence(text: bytes) -> None:
    with pytest.raises(Refused, match=r"^line 1: that is no JSON: [^\n]+$"):
        list(entries(io.BytesIO(text), "x"))


def test_a_line_without_end_is_not_read_into_memory() -> None:
    class Endless(io.BytesIO):
        """A file of one line that never ends."""

        def readline(self, size: int | None = -1) -> bytes:
            assert size == LINE_BYTES + 1
            return b"x" * size

    with pytest.raises(TooLarge, match="line 1: has more than"):
        list(entries(Endless(), "x"))
    assert lines.LINE_BYTES > 8_000_000
