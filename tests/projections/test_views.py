"""What holds of every view in the registry, whatever was recorded."""

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import VIEWS
from projections.columns import columns
from projections.view import View
from tests.projections.folding import event_id, fold_all, recorded
from tracker.domain.base import Event
from tracker.domain.catalog import EVENTS, FACTS
from tracker.domain.correction import FactCorrected, Reason
from tracker.domain.fact import Fact
from tracker.domain.values import kind_of

SAMPLES: dict[str | None, list[str]] = {
    "jurisdiction": ["EC", "CN", "EU"],
    "country": ["EC", "FR"],
    "nationality": ["CN", "EU", "*"],
    "edtf": ["2024", "2024-06~", "../2024", "2024-07-01/..", "0001-01-01", "9999-12-31"],
    "day": ["2024-06-18", "0001-01-01", "9999-12-31"],
    "instant": ["2024-06-18", "2024-06-19T15:53:19.000000Z"],
    "decimal": ["0", "-3.5", "66000"],
    # Few enough that events often speak of one another.
    "id": [event_id(i) for i in range(1, 5)],
    "party": [event_id(1), event_id(2)],
    "url": ["https://example.org/feed"],
    "sha256": ["0" * 64],
    "language": ["en"],
    "tag": [f"policy:{event_id(1)}"],
    None: ["words"],
}
DICTS: list[dict[str, Any]] = [{}, {"jurisdiction": "EC", "rule": 7}, {"text": "words"}]


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Well-formed values of an annotation."""
    kind, origin = kind_of(hint), get_origin(hint)
    if origin is Annotated:
        hint = get_args(hint)[0]
    if origin in (Union, types.UnionType):
        return st.one_of([values(part) for part in get_args(hint)])
    if origin is Literal:
        return st.sampled_from(get_args(hint))
    if origin is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=2).map(tuple)
    if origin is dict:
        texts = get_args(hint)[1] is str
        return st.sampled_from([{}, {"wikidata": "Q1"}] if texts else DICTS)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return structs(hint)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.sampled_from(SAMPLES[kind]),
        int: st.integers(1, 90),
        bool: st.booleans(),
        type(None): st.none(),
    }
    return plain[hint]


def corrections() -> st.SearchStrategy[FactCorrected]:
    """Corrections of any event that say any fact."""
    facts = st.sampled_from(list(FACTS.values())).flatmap(structs)
    return st.builds(corrected, st.sampled_from(SAMPLES["id"]), st.integers(1, 8), facts)


def corrected(target: str, position: int, fact: Fact) -> FactCorrected:
    """The correction of the event at a position by a fact."""
    return FactCorrected(
        target=target,
        target_position=position,
        fact_type=fact.type,
        fact=msgspec.to_builtins(fact),
        reason=Reason("transcription", "words"),
    )


def structs(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Structs of a type with every field well-formed."""
    if kind is FactCorrected:
        return corrections()
    hints = get_type_hints(kind, include_extras=True)
    fields = {name: values(hints[name]) for name in kind.__struct_fields__}
    return st.fixed_dictionaries(fields).map(lambda given: kind(**given))


LOGS: st.SearchStrategy[list[Event | None]] = st.lists(
    st.none() | st.sampled_from(EVENTS).flatmap(structs), max_size=8
)


@settings(max_examples=300, deadline=None)
@given(LOGS)
def test_no_log_makes_a_fold_raise_and_all_rows_fit_their_columns(
    log: list[Event | None],
) -> None:
    for view in VIEWS:
        rows = fold_all(view, [recorded(i, e) for i, e in enumerate(log, 1)])
        for row in (r for kind in view.rows for r in rows.of(kind)):
            for column in columns(type(row)):
                value = getattr(row, column.name)
                assert column.nullable or value is not None, f"{column.name} is absent"
                convert = column.converting()
                assert value is None or convert is None or convert(value) == value


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_keys_and_indexes_of_a_view_are_columns(view: View) -> None:
    for row in view.rows:
        names = set(row.__struct_fields__)
        assert set(row.key) <= names
        assert not names & row.generated.keys()
        assert {name for index in row.indexes for name in index} <= names | row.generated.keys()


def test_no_two_views_share_a_name_or_a_table() -> None:
    names = [view.name for view in VIEWS]
    tables = [row.table for view in VIEWS for row in view.rows]
    assert len(set(names)) == len(names)
    assert len(set(tables)) == len(tables)
