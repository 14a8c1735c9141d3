"""The catalogue: frozen names, and events that come back as they were."""

import json
import types
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given

from tests.tracker.domain.strategies import events
from tracker.domain.base import Event
from tracker.domain.catalog import BY_TYPE, EVENTS, FACTS, decode, encode, fact_from, fact_type
from tracker.domain.errors import NotFound, Refused

# Written into logs: a name is never changed and never removed, new ones are added below.
FROZEN = """
document-received document-revised
draft-proposed draft-accepted draft-rejected draft-reopened
policy-proposed policy-changed policy-observed policy-rejected
statement-made statistic-published party-named
feed-added feed-moved feed-paused feed-resumed feed-removed
subscription-opened subscription-closed
checkpoint-published
audit-read
payload-erased
incident-reported incident-updated incident-disputed incident-merged
claim-made position-announced party-merged
fact-corroborated fact-corrected fact-retracted
relation-asserted relation-resolved
effective-date-reached view-rebuilt
feed-changed
draft-snoozed document-seen
subscription-changed alerts-reported
""".split()
# `omit_defaults` compares by identity: these are the same object everywhere, and after decoding.
SAME_EVERYWHERE = (None, False, True, ())


def test_no_type_that_may_be_written_in_a_log_was_renamed_or_removed() -> None:
    assert set(FROZEN) <= set(BY_TYPE)
    assert len(BY_TYPE) == len(EVENTS)
    assert all(event.schema_version == 1 for event in EVENTS)


def structs(hint: Any) -> Iterator[type[msgspec.Struct]]:
    """The structs that an annotation reaches."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
        for inner in get_type_hints(hint).values():
            yield from structs(inner)
    elif not isinstance(hint, (str, types.NoneType)):
        for inner in get_args(hint):
            yield from structs(inner)


@pytest.mark.parametrize("event", EVENTS)
def test_every_default_is_one_that_is_left_out_by_identity(event: type[Event]) -> None:
    for struct in {s for s in structs(event) if s.__struct_config__.omit_defaults}:
        for field in msgspec.structs.fields(struct):
            if not field.required:
                assert any(field.default is known for known in SAME_EVERYWHERE), field.name


@given(events())
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    payload = encode(event)

    back = decode(event.type, event.schema_version, payload)

    assert back == event
    assert type(back) is type(event)
    assert encode(back) == payload
    assert None not in json.loads(payload).values()


@given(events())
def test_tags_are_identity_and_plain_ascii(event: Event) -> None:
    kinds = set("policy rule document draft incident party feed subscription target".split())

    for tag in event.tags():
        assert tag.isascii()
        assert tag.partition(":")[0] in kinds


def test_a_field_that_no_event_has_is_refused_on_reading() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode("feed-removed", 1, b'{"feed":"x","url":"y"}')


def test_facts_are_found_by_their_word_at_the_doors_and_by_their_type() -> None:
    assert set(FACTS) >= {
        "policy",
        "observation",
        "proposal",
        "rejection",
        "statement",
        "statistic",
    }
    assert fact_type("policy") is fact_type("policy-changed") is BY_TYPE["policy-changed"]
    for unknown in ("feed-added", "unicorn"):
        with pytest.raises(NotFound, match="no fact is called"):
            fact_type(unknown)


@pytest.mark.parametrize(
    ("fields", "sentence", "field"),
    [
        ({"speaker": 1}, "speaker: Expected `str`, got `int`", "speaker"),
        ({"speaker": "A"}, "text: is needed", "text"),
        (
            {"speaker": "A", "text": "x", "verbatim": "maybe"},
            "verbatim: Invalid enum value 'maybe'",
            "verbatim",
        ),
        (
            {"speaker": "A", "text": "x", "verbatim": "verbatim", "citations": [{"quote": 1}]},
            "citations[0].quote: Expected `str`, got `int`",
            "citations[0].quote",
        ),
        (
            {"speaker": "A", "text": "x", "verbatim": "verbatim", "mood": 1},
            "mood: unknown field",
            "mood",
        ),
    ],
)
def test_a_fact_with_a_wrong_field_is_refused_with_its_path(
    fields: dict[str, object], sentence: str, field: str | None
) -> None:
    with pytest.raises(Refused) as refused:
        fact_from("statement", fields)

    assert sentence in refused.value.message
    assert refused.value.field == field
