"""The words of a text for searching: the same on both sides, whatever their case and accents.

A text is normalised (NFKC), then every character is taken apart (NFKD), loses its combining marks
and its case. What is neither letter nor digit separates words. Chinese, Japanese and Korean runs
have no spaces to go by, so they give their characters and each pair of neighbours. What is kept of
a word is a number, as numbers are smaller than words and sooner compared.
"""

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b
from itertools import chain

_REMEMBERED = 1 << 16

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(f"([{_CJK}]+)")
_IS_CJK = re.compile(f"[{_CJK}]")


class _Folded(dict[int, str]):
    """Character → what it counts as, each worked out once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if _IS_CJK.match(char):
            found = char
        else:
            parts = unicodedata.normalize("NFKD", char)
            bare = "".join(c for c in parts if not unicodedata.combining(c)).casefold()
            found = "".join(c if c.isalnum() or _is_mark(c) else " " for c in bare)
        self[code] = found
        return found


_FOLDED = _Folded()


def _is_mark(char: str) -> bool:
    """Vowel signs and the like, which are part of a word in many scripts."""
    return unicodedata.category(char).startswith("M")


class _Known(dict[str, tuple[int, ...]]):
    """Word as it was written → what it is found by, for so many words at a time."""

    def __missing__(self, word: str) -> tuple[int, ...]:
        parts = _folded(word).split()
        if not word.isascii():
            parts = [part for one in parts for part in _parts(one, whole=True)]
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[word] = tuple([_number(part) for part in parts])
        return found


_known = _Known().__getitem__


def terms(texts: Iterable[str]) -> tuple[int, ...]:
    """What texts are found by: the number of each of their words once."""
    # Texts share most of their words, so each is folded once and not each text.
    return tuple(dict.fromkeys(chain.from_iterable(map(_known, "\n".join(texts).split()))))


def asked(text: str) -> tuple[int, ...]:
    """What a query asks for: all of these must be among the terms of what is found."""
    words = [part for word in _folded(text).split() for part in _parts(word, whole=False)]
    return tuple(dict.fromkeys([_number(word) for word in words]))


def _number(word: str) -> int:
    """The first 48 bits of its hash: two words seldom share them."""
    return int.from_bytes(blake2b(word.encode(errors="surrogatepass"), digest_size=6).digest())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_FOLDED)


def _parts(word: str, *, whole: bool) -> list[str]:
    """A word as it is indexed; of a CJK run its characters too, if it is whole or a single one."""
    found: list[str] = []
    for i, run in enumerate(_RUNS.split(word)):
        if i % 2 == 0:
            found += [run] if run else []
            continue
        if whole or len(run) == 1:
            found += run
        found += [run[k : k + 2] for k in range(len(run) - 1)]
    return found
