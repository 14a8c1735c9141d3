"""What a text says, whatever its case, white space and punctuation."""

import re
import unicodedata

# What carries meaning in a sentence: words, whole numbers with their sign and separators, and
# symbols (currency, percent, comparison). Everything else is punctuation.
_NUMBER = r"(?:(?<!\w)[-−+])?\d+(?:[.,:/–-]\d+)*"
_TOKEN = re.compile(rf"{_NUMBER}[^\W_]*|[^\W\d_]+|[%‰]|[^\w\s]")
_ABBREVIATION = re.compile(r"\b[^\W\d_](?:\.[^\W\d_]\b)+\.?")
_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")


def wording(text: str | None) -> str:
    """The words, numbers and symbols of a text; of two texts that say the same it is the same."""
    folded = unicodedata.normalize("NFC", text or "").casefold()
    dotless = _ABBREVIATION.sub(lambda found: found[0].replace(".", ""), folded)
    tokens = " ".join(one for one in _TOKEN.findall(dotless) if not _is_punctuation(one))
    # Spaces and hyphens come and go between words; between numbers they tell two from one.
    return _BETWEEN_WORDS.sub("", tokens)


def _is_punctuation(word: str) -> bool:
    return len(word) == 1 and word not in "%‰" and unicodedata.category(word)[0] in "PCM"
