"""A text is found whatever the case and the accents, and however they are put together."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.search import asked, terms

TEXT = "José Raúl Mulino: “DARIÉN gap”, Ábrego’s straße, 外交部发言人林剑说, 中国 ガード 대한민국 हिन्दी"


def found(query: str, text: str) -> bool:
    """Whether the query finds the text."""
    return bool(asked(query)) and set(asked(query)) <= set(terms([text]))


@pytest.mark.parametrize(
    "query",
    [
        "jose", "JOSÉ", "Abrego", "darien", "Darién gap", "STRASSE", "林剑", "林", "外交部", "中国",
        "ガード", "대한민국", "हिन्दी", "ｍｕｌｉｎｏ",
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_written(query: str) -> None:
    for form in ("NFC", "NFD"):
        for other in ("NFC", "NFD"):
            assert found(unicodedata.normalize(form, query), unicodedata.normalize(other, TEXT))


@pytest.mark.parametrize("query", ["jos", "剑林", "中林", "mulino panama", "", "“…”", "\u0301"])
def test_what_is_not_in_the_text_does_not_find_it(query: str) -> None:
    assert not found(query, TEXT)


def test_a_word_without_end_is_one_number_as_every_other_is() -> None:
    (number,) = terms(["x" * 5000])
    assert -(2**63) <= number < 2**63
    assert found("x" * 5000, "x" * 5000)
    assert not found("x" * 5000, "x" * 4000)


def test_several_texts_do_not_run_together() -> None:
    assert terms(["visa", "free", "visa"]) == (*terms(["visa"]), *terms(["free"]))


@given(st.text(max_size=60))
def test_every_text_is_found_by_itself_and_spaces_add_nothing(text: str) -> None:
    every = terms([text])
    assert set(asked(text)) <= set(every)
    assert set(terms([f" {text} \n“…”"])) == set(every)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_folded_as_everything_else_is(text: str) -> None:
    assert {*terms([text]), *terms(["e"])} == set(terms([text, "é"]))
