"""Hypothesis strategies for events, derived from the types of their fields."""

import types
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from tracker.domain.base import Event
from tracker.domain.catalog import EVENTS, FACTS, encode
from tracker.domain.correction import FactCorrected
from tracker.domain.countries import COUNTRIES
from tracker.domain.groups import GROUPS, LEGISLATORS
from tracker.domain.values import instant_text, kind_of

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_WORDS = st.from_regex(r"[a-z]{1,9}", fullmatch=True)
_DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
_UUIDS = st.uuids().map(str)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001

BY_KIND: dict[str, st.SearchStrategy[str]] = {
    "country": st.sampled_from(sorted(COUNTRIES)),
    "jurisdiction": st.sampled_from([*sorted(COUNTRIES), *LEGISLATORS]),
    "nationality": st.sampled_from([*sorted(COUNTRIES), *GROUPS, "*"]),
    "edtf": st.one_of(
        _DAYS.map(date.isoformat),
        _DAYS.map(lambda d: f"{d:%Y-%m}~"),
        _DAYS.map(lambda d: f"{d:%Y}/.."),
    ),
    "day": _DAYS.map(date.isoformat),
    "instant": MOMENTS.map(instant_text),
    "decimal": st.one_of(st.integers(-(10**29), 10**29).map(str), st.just("3.5")),
    "id": _UUIDS,
    "party": st.one_of(_UUIDS, _WORDS),
    "url": _WORDS.map(lambda w: f"https://example.org/{w}"),
    "sha256": st.binary(min_size=32, max_size=32).map(bytes.hex),
    "language": st.sampled_from(["en", "es", "zh-Hans"]),
    "tag": st.builds("{}:{}".format, st.sampled_from(["policy", "incident", "party"]), _UUIDS),
}
_ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_WORDS, inner, max_size=3)
    ),
    max_leaves=5,
)


def value(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation, in normal form."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return BY_KIND[str(kind_of(hint))]
    if origin is Literal:
        return st.sampled_from(inside)
    if origin in (Union, types.UnionType):
        return st.one_of(*(value(a) for a in inside))
    if origin is tuple:
        return st.lists(value(inside[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(_WORDS, value(inside[1]), max_size=3)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return struct(hint)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXT,
        bool: st.booleans(),
        int: st.integers(-(2**53) + 1, 2**53 - 1),
        type(None): st.none(),
        Any: _ANYTHING,
    }
    return plain[hint]


def struct(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Instances of a struct; fields with a default are sometimes left out."""
    hints = get_type_hints(kind, include_extras=True)
    required = {f.name for f in msgspec.structs.fields(kind) if f.required}
    fields = {name: value(hints[name]) for name in kind.__struct_fields__}
    return st.fixed_dictionaries(
        {name: s for name, s in fields.items() if name in required},
        optional={name: s for name, s in fields.items() if name not in required},
    ).map(lambda given: kind(**given))


def corrected() -> st.SearchStrategy[Event]:
    """Corrections, each with a fact of the type that it names."""
    facts = st.sampled_from(tuple(FACTS.values())).flatmap(struct)
    replaced = st.tuples(struct(FactCorrected), facts)
    return replaced.map(
        lambda pair: msgspec.structs.replace(
            pair[0], fact_type=pair[1].type, fact=msgspec.json.decode(encode(pair[1]))
        )
    )


def events() -> st.SearchStrategy[Event]:
    """Events of every type of the catalogue."""
    return st.sampled_from(EVENTS).flatmap(
        lambda kind: corrected() if kind is FactCorrected else struct(kind)
    )
