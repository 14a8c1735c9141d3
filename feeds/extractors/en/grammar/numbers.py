"""Counted numbers in English text, with the word that says how exact they are."""

import re
from decimal import Decimal

import msgspec

from tracker.domain.values import Comparator

# The source's word → how the figure is bounded; longest first where one begins another.
COMPARATORS: tuple[tuple[str, Comparator], ...] = (
    ("more than", ">"), ("over", ">"), ("above", ">"), ("exceeding", ">"), ("in excess of", ">"),
    ("well over", ">"), ("well above", ">"), ("just over", ">"), ("just above", ">"),
    ("slightly more than", ">"), ("a little over", ">"), ("far more than", ">"), ("way over", ">"),
    ("at least", ">="), ("upwards of", ">="), ("no fewer than", ">="), ("no less than", ">="),
    ("a minimum of", ">="),
    ("fewer than", "<"), ("less than", "<"), ("under", "<"), ("below", "<"),
    ("up to", "<="), ("as many as", "<="), ("no more than", "<="), ("at most", "<="),
    ("nearly", "<~"), ("almost", "<~"), ("close to", "<~"), ("just under", "<~"),
    ("approaching", "<~"), ("just short of", "<~"), ("slightly less than", "<~"),
    ("slightly fewer than", "<~"), ("just below", "<~"),
    ("approximately", "~"), ("some", "~"), ("around", "~"), ("roughly", "~"), ("about", "~"),
    ("an estimated", "~"), ("estimated", "~"), ("circa", "~"),
)  # fmt: skip
# A plural without a number says at least one of the unit; the source's word is kept as the cue.
VAGUE = {
    "hundreds of thousands": "100000",
    "tens of thousands": "10000",
    "dozens": "12",
    "scores": "20",
    "hundreds": "100",
    "thousands": "1000",
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_WORDS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
        "ninety".split(),
        (*range(1, 20), *range(20, 100, 10)),
        strict=True,
    )
)
# "half a million", "a thousand": parts of a scale, which itself follows.
_PARTS = {"half a": Decimal("0.5"), "a quarter of a": Decimal("0.25"), "a": Decimal(1)}
_SUFFIXES = {"k": 1_000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000}
_BOUNDED: dict[str, Comparator] = dict(COMPARATORS)
_CUE = "|".join(sorted((re.escape(cue) for cue in _BOUNDED), key=len, reverse=True)).replace(
    r"\ ", r"\s+"
)
_FIGURE = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d{1,6})?|\b(?:" + "|".join(_WORDS) + r")\b"
    r"(?=\s+(?:hundred|thousand|million|billion))|\b(?:half\s+a|a\s+quarter\s+of\s+a|(?<!of\s)a)\b"
    r"(?=\s+(?:hundred|thousand|million|billion)\b))"
    r"(?:\s+(?:hundred|thousand|million|billion)|(?:k|mn?|bn)\b)?"
)
_NOT_BEFORE = r"(?<![\w$€£¥.,:/%-])"
_NOT_AFTER = r"(?![\w%]|[.,:/-]\d|-[a-z]|\s?(?:%|percent|per\s+cent|percentage)|(?:st|nd|rd|th)\b)"
_QUANTITY = re.compile(
    rf"""(?P<between>\b(?:between|from))\s+{_NOT_BEFORE}(?P<low>{_FIGURE})
         \s+(?:and|to)\s+(?P<high>{_FIGURE}){_NOT_AFTER}
      | (?:\b(?P<cue>{_CUE})\s+)?(?<!\bin\s){_NOT_BEFORE}(?P<low2>{_FIGURE})
         \s?(?:-|–|\bto\b)\s?{_NOT_BEFORE}(?P<high2>{_FIGURE}){_NOT_AFTER}
      | (?:\b(?P<cue2>{_CUE})\s+(?:a\s+(?:total|record)\s+(?:number\s+)?(?:of\s+)?)?)?
        {_NOT_BEFORE}(?P<one>{_FIGURE}){_NOT_AFTER}
      | \b(?P<vague>{"|".join(VAGUE)})\b""",
    re.VERBOSE | re.IGNORECASE,
)


_NONE_WITHOUT = re.compile(r"\d|(?:hundred|thousand|million|billion|dozens|scores)", re.IGNORECASE)


_MOST = 40
"""More numbers in one sentence are a table or a code, and none of them says what it counts."""


class Quantity(msgspec.Struct, frozen=True):
    """A figure with its bounds as decimal text and the source's own word for them."""

    comparator: Comparator
    start: int
    end: int
    value: str | None = None
    lower: str | None = None
    upper: str | None = None
    cue: str | None = None


def quantities(text: str, start: int, end: int) -> list[Quantity]:
    """The counted numbers between two offsets: no shares, sums of money, ages or ordinals."""
    # Most sentences have none, which is far quicker to see.
    if _NONE_WITHOUT.search(text, start, end) is None:
        return []
    found = [
        quantity
        for match in _QUANTITY.finditer(text, start, end)
        if (quantity := _quantity(match)) is not None
    ]
    return found if len(found) <= _MOST else []


def _quantity(match: re.Match[str]) -> Quantity | None:
    at = (match.start(), match.end())
    if vague := match["vague"]:
        word = " ".join(vague.lower().split())
        return Quantity(">=", *at, lower=VAGUE[word], cue=vague)
    low, high = match["low"] or match["low2"], match["high"] or match["high2"]
    if low and high:
        # "two to three million": the scale belongs to both.
        small = "," not in low
        lower, upper = _value(low, _scale(high) if small else None), _value(high, None)
        if lower > upper:
            return None
        cue = match["between"] or match["cue"]
        return Quantity("range", *at, lower=_plain(lower), upper=_plain(upper), cue=cue)
    number = _plain(_value(match["one"], None))
    if match["cue2"] is None:
        return Quantity("=", *at, value=number)
    comparator = _BOUNDED[" ".join(match["cue2"].lower().split())]
    return Quantity(
        comparator,
        *at,
        value=number,
        lower=number if comparator in (">", ">=") else None,
        upper=number if comparator in ("<", "<=", "<~") else None,
        cue=match["cue2"],
    )


def _scale(figure: str) -> str | None:
    last = re.sub(r"^[\d.,]+", "", figure.lower().split()[-1])
    return last if last in _SCALES or last in _SUFFIXES else None


def _value(figure: str, scale: str | None) -> Decimal:
    own = _scale(figure)
    words = " ".join(figure.lower().split()[:-1])
    if words in _PARTS:
        return _PARTS[words] * _SCALES[own or ""]
    digits = re.sub(r"(?<=\d)[a-z]+$", "", figure.lower().split()[0].replace(",", ""))
    number = Decimal(_WORDS[digits]) if digits in _WORDS else Decimal(digits)
    return number * {**_SCALES, **_SUFFIXES}.get(own or scale or "", 1)


def _plain(number: Decimal) -> str:
    return format(number.normalize() + 0, "f")
