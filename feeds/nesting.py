"""How deep markup is nested, counted cheaply before any parser builds a tree from it.

Tree builders take time that grows with the square of the depth (a megabyte of nested elements
costs minutes), so what is nested deeper than any honest document never reaches one.
"""

import re

DEEPEST = 200

# Every quantifier is possessive and stops at the next "<": the scan is linear in all cases.
_XML_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<(/?)([^\s<>/!?\"']++)((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+'|[\"'])*+)",
    re.DOTALL,
)
_HTML_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)()")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# Beginning another of these ends the one before it (HTML standard, 13.1.2.4).
_SELF_CLOSING = frozenset("p li dt dd tr td th option".split())


def too_deep(markup: str, *, html: bool, deepest: int = DEEPEST) -> bool:
    """Whether elements are nested deeper than `deepest`; unclosed ones end with their parent.

    In HTML, tags inside comments and scripts are counted too: parsers disagree on where those end,
    and counting too many only costs the slower path.
    """
    open_names: list[str] = []
    counts: dict[str, int] = {}
    for match in (_HTML_TAG if html else _XML_MARKUP).finditer(markup):
        closing, name, rest = match.groups()
        if name is None or rest.endswith("/"):
            continue
        if html:
            name = name.lower()
            if name in _VOID or (name in _SELF_CLOSING and open_names[-1:] == [name]):
                continue
        if not closing:
            open_names.append(name)
            counts[name] = counts.get(name, 0) + 1
            if len(open_names) > deepest:
                return True
        elif counts.get(name):
            while True:
                popped = open_names.pop()
                counts[popped] -= 1
                if popped == name:
                    break
    return False


def flatten(html: str, blocks: frozenset[str]) -> str:
    """HTML without its elements, block boundaries kept as line breaks; scripts stay for removal."""
    pieces: list[str] = []
    position = 0
    while (start := html.find("<", position)) >= 0:
        match = _HTML_TAG.match(html, start)
        if match is None or match.group(2).lower() in ("script", "style"):
            pieces.append(html[position : start + 1])
            position = start + 1
            continue
        pieces.append(html[position:start])
        pieces.append("<br>" if match.group(2).lower() in blocks else " ")
        end = html.find(">", match.end())
        if end < 0:
            return "".join(pieces)
        position = end + 1
    pieces.append(html[position:])
    return "".join(pieces)
