"""Figures: what a source's number with its comparator can mean at most, and how it is said."""

from decimal import Decimal

from tracker.domain.values import Comparator

Bound = str | None
_BEFORE: dict[str, str] = {
    "~": "about ",
    "<~": "nearly ",
    ">": "more than ",
    ">=": "at least ",
    "<": "fewer than ",
    "<=": "at most ",
}


def figure_bounds(
    value: str | None, comparator: Comparator, lower: Bound = None, upper: Bound = None
) -> tuple[Bound, Bound]:
    """The least and the greatest number meant, as plain decimal text; None where it is open.

    A bound that the source gave goes before one that follows from the comparator. `~` reaches half
    a unit of the last significant digit either way, `<~` (nearly) only downwards.
    """
    low, high = _implied(Decimal(value), comparator) if value is not None else (None, None)
    least = _text(low)
    # An exact number, as nearly all are, is written once.
    most = least if high is low else _text(high)
    return (lower if lower is not None else least, upper if upper is not None else most)


def in_words(
    comparator: str,
    value: str | None,
    lower: Bound = None,
    upper: Bound = None,
    cue: str | None = None,
) -> str:
    """A figure for people: `nearly 16,000`, `45,000 to 55,000`; without a number by its cue."""
    if comparator == "range" and lower is not None and upper is not None:
        return f"{grouped(lower)} to {grouped(upper)}"
    return _BEFORE.get(comparator, "") + (grouped(value) if value else cue or "")


def grouped(number: str) -> str:
    """Decimal text with its thousands apart; what is no number yet stays as it was typed."""
    whole, point, part = number.partition(".")
    return f"{int(whole):,}{point}{part}" if whole.removeprefix("-").isdecimal() else number


def _implied(number: Decimal, comparator: Comparator) -> tuple[Decimal | None, Decimal | None]:
    match comparator:
        case "=":
            return number, number
        case "~":
            return number - _half_unit(number), number + _half_unit(number)
        case "<~":
            return number - _half_unit(number), number
        case ">" | ">=":
            return number, None
        case "<" | "<=":
            return None, number
        case "range":
            return None, None


def _half_unit(number: Decimal) -> Decimal:
    """Half a unit of the last significant digit: 5,000 for 50,000, 0.05 for 3.5."""
    exponent = number.normalize().as_tuple().exponent
    # Only an infinity or a NaN has no exponent, and neither is a plain decimal number.
    return Decimal(5).scaleb(int(exponent) - 1)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number.normalize() + 0, "f")
