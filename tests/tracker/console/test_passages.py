"""Marked texts keep every character, and excerpts keep to their paragraphs."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.console.passages import Passage, excerpts, pieces

TEXT = "The title\n\nFirst paragraph here. It goes on.\n\nSecond one, and its end.\n"
spans = st.lists(
    st.tuples(st.integers(-5, 90), st.integers(-5, 90)).map(
        lambda pair: Passage(pair[0], pair[1], "x", f"{pair}")
    ),
    max_size=6,
)


@given(spans)
def test_marking_passages_never_loses_or_moves_a_character(passages: list[Passage]) -> None:
    found = pieces(TEXT, passages)
    assert "".join(piece.text for piece in found) == TEXT
    at = 0
    for piece in found:
        over = any(
            p.start <= at and at + len(piece.text) <= p.end for p in passages if p.start >= 0
        )
        assert bool(piece.labels) == over
        at += len(piece.text)


@given(spans)
def test_excerpts_are_stretches_of_the_text_in_its_order(passages: list[Passage]) -> None:
    at = 0
    for excerpt in excerpts(TEXT, passages, margin=8):
        text = "".join(piece.text for piece in excerpt.pieces)
        at = TEXT.index(text, at) + len(text)
        assert any(piece.labels for piece in excerpt.pieces)


def test_an_excerpt_ends_with_its_paragraph() -> None:
    start = TEXT.index("paragraph")
    (found,) = excerpts(TEXT, [Passage(start, start + 9, "noun")])
    assert "".join(p.text for p in found.pieces) == "First paragraph here. It goes on."
    assert [p.text for p in found.pieces if p.labels] == ["paragraph"]
    assert (found.cut_before, found.cut_after) == (False, False)


def test_passages_that_overlap_are_both_named() -> None:
    found = pieces("abcdef", [Passage(0, 4, "one"), Passage(2, 6, "two")])
    assert [(p.text, p.labels) for p in found] == [
        ("ab", ("one",)), ("cd", ("one", "two")), ("ef", ("two",))
    ]  # fmt: skip
