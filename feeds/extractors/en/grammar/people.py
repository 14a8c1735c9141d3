"""How names of people are written."""

import re

CAP = r"(?:(?:al|el|as|ash|ad|ar)-[A-Z][\w’'-]{1,24}|[A-ZÀ-ÖØ-Þ][\w’'-]{1,24}|[A-Z]\.)"
_PARTICLE = r"(?:de|del|la|al|el|bin|bint|ibn|van|von|den|der|da|dos|di|ter|ten)"
NAME = rf"{CAP}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{CAP}){{1,3}}"
# A single word after an office is a surname, unless it belongs to the office or to the calendar.
SURNAME = (
    r"(?!(?:General|Executive|Minister|President|Secretary|Office|Department|Council|Commission|Board"
    r"|House|Day|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April"
    r"|June|July|August|September|October|November|December|The|In|On|At|And|But|It|He|She|They|We"
    r"|This|That|For|After|As)\b)[A-ZÀ-ÖØ-Þ][\w’-]{2,24}"
)
_WORD = re.compile(r"\S+")


def names_in(match: re.Match[str]) -> list[tuple[int, int]]:
    """What may be a name within capitalised words, longest first: "On Monday Lin Jian"."""
    words = [(m.start(), m.end()) for m in _WORD.finditer(match.string, *match.span())]
    count = len(words)
    return [
        (words[first][0], words[first + size - 1][1])
        for size in range(count, 1, -1)
        for first in range(count - size + 1)
    ]
