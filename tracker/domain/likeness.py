"""How alike two texts are, told from short signatures: MinHash over runs of words.

    text → words → runs of four ─ hash ─→ one of 64 slots, the least hash of each slot counts
                                          └─ its last byte, in hexadecimal: the signature

Each run is hashed once (one permutation hashing); a slot that no run fell into borrows from
another, chosen by its number alone (P. Li, A. Owen, C.-H. Zhang, 2012; A. Shrivastava, 2017).
"""

import hashlib
import re
from collections.abc import Iterator

ALIKE = 0.7
"""Texts at least this alike are one text in two places."""
_SLOTS = 64
_RUN = 4
_FEWEST_RUNS = 16
_MOST_CHARS = 200_000
_BAND_CHARS = 8
# A Chinese or Japanese character is a word, as nothing separates words there.
_ALONE = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")


def words(text: str) -> list[str]:
    """The words of a text, without case."""
    return _WORD.findall(text.casefold())


def signature(text: str) -> str | None:
    """64 bytes in hexadecimal; None for a text too short to be told from others.

    A long text is told by its beginning: each run costs time and memory.
    """
    told = words(text[:_MOST_CHARS])
    runs = {" ".join(told[i : i + _RUN]) for i in range(len(told) - _RUN + 1)}
    if len(runs) < _FEWEST_RUNS:
        return None
    least: list[int | None] = [None] * _SLOTS
    for run in runs:
        number = int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest())
        slot, rest = number % _SLOTS, number // _SLOTS
        before = least[slot]
        if before is None or rest < before:
            least[slot] = rest
    return "".join(f"{_filled(least, slot) & 0xFF:02x}" for slot in range(_SLOTS))


def _filled(least: list[int | None], slot: int) -> int:
    found, attempt = least[slot], 0
    while found is None:
        # The same way for every text: two that lack the same slot borrow from the same one.
        chosen = hashlib.blake2b(f"{slot} {attempt}".encode(), digest_size=2).digest()
        found, attempt = least[int.from_bytes(chosen) % _SLOTS], attempt + 1
    return found


def bands(signed: str) -> Iterator[str]:
    """Keys of which two alike texts nearly always share one: four slots each, with their place."""
    for start in range(0, len(signed), _BAND_CHARS):
        yield f"{start}:{signed[start : start + _BAND_CHARS]}"


def likeness(one: str, other: str) -> float:
    """The estimated share of runs that two texts have in common, from 0 to 1."""
    same = sum(one[i : i + 2] == other[i : i + 2] for i in range(0, 2 * _SLOTS, 2))
    return same / _SLOTS
