"""How alike texts are, by their signatures."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.likeness import ALIKE, bands, likeness, signature, words

VOCABULARY = [f"word{n}" for n in range(400)]


def text(seed: int, length: int = 300) -> list[str]:
    draw = random.Random(seed)
    return [draw.choice(VOCABULARY) for _ in range(length)]


def alike(one: list[str], other: list[str]) -> float:
    a, b = signature(" ".join(one)), signature(" ".join(other))
    assert a
    assert b
    return likeness(a, b)


def runs(told: list[str]) -> set[tuple[str, ...]]:
    return {tuple(told[i : i + 4]) for i in range(len(told) - 3)}


def test_the_signature_of_a_text_never_changes() -> None:
    found = signature("One report of a ministry in the words in which an agency sent it out, "
                      "printed by many papers on the same day and in the same words.")  # fmt: skip
    assert found == (
        "eda421b8b0b033b83321beedc2c558b8a3beb07e1e4dedb8e8ff13ff31c27ec5"
        "13131321e831eda4333121c5b0be6858ffb95813687ebeeda34db9b04d33b8b0"
    )


def test_a_long_text_is_told_by_its_beginning() -> None:
    told = " ".join(text(1, 40_000))
    assert len(told) > 200_000
    assert signature(told) == signature(f"{told} {' '.join(text(2, 4000))}")


def test_case_and_punctuation_tell_no_texts_apart() -> None:
    told = text(1)
    assert signature(" ".join(told)) == signature("«" + ", ".join(told).upper() + "»")


def test_a_text_that_was_cut_or_got_another_lead_is_still_alike() -> None:
    told = text(1)
    assert alike(told, ["our", "correspondent", "reports", *told]) >= ALIKE
    assert alike(told, told[:260]) >= ALIKE
    assert alike(told, text(2)) < 0.2


def test_the_estimate_is_near_the_share_of_runs_that_are_the_same() -> None:
    errors: list[float] = []
    for seed in range(40):
        told = text(seed)
        other = [*told[: 100 + 5 * seed], *text(seed + 1000, 100)]
        same = len(runs(told) & runs(other)) / len(runs(told) | runs(other))
        errors.append(alike(told, other) - same)
    assert abs(sum(errors) / len(errors)) < 0.03
    assert max(map(abs, errors)) < 0.25


def test_alike_texts_share_a_band() -> None:
    for seed in range(50):
        told = text(seed)
        other = [*told[:280], *text(seed + 1000, 20)]
        one, two = signature(" ".join(told)), signature(" ".join(other))
        assert set(bands(one or "")) & set(bands(two or ""))


@pytest.mark.parametrize("short", ["", "Nothing.", "A headline about a visa and little else"])
def test_a_text_of_a_few_words_is_like_none(short: str) -> None:
    assert signature(short) is None


def test_each_character_is_a_word_where_nothing_separates_words() -> None:
    assert words("EU对中国公民 visa_free") == ["eu", "对", "中", "国", "公", "民", "visa", "free"]


@given(st.text(max_size=300))
def test_every_text_has_a_signature_of_one_size_or_none(told: str) -> None:
    found = signature(told)
    assert found is None or (len(found) == 128 and len(set(bands(found))) == 16)
