"""Sentences of running prose: headlines, captions, promotion and biographies are left out."""

import re

import msgspec

from feeds.items import RawItem

MAX_SENTENCE = 1200
MAX_PARAGRAPH = 12_000
"""Longer stretches are lists or broken markup; they also bound the work of every pattern."""

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st gen col lt maj capt sgt gov sen rep rev hon pres amb min "
    "jan feb mar apr jun jul aug sept sep oct nov dec mon tue wed thu fri sat sun "
    "no nos vs etc e.g i.e cf al inc ltd co corp dept est approx fig art sec vol p pp "
    "a.m p.m u.s u.k u.n e.u u.a.e u.s.a ph.d d.c mt ft cmdr adm supt insp det brig "
    "ala ariz ark calif colo conn fla ga kan mich minn mont neb nev okla penn tenn tex va wis wyo "
    "n.y n.j n.m n.c s.c".split()
)
# After these a sentence may well end; a word that opens sentences then decides.
_ACRONYMS = frozenset(
    "u.s u.k u.n e.u u.a.e u.s.a a.m p.m d.c etc inc ltd co corp ala ariz ark calif colo conn fla "
    "ga kan mich minn mont neb nev okla penn tenn tex va wis wyo n.y n.j n.m n.c s.c".split()
)
_OPENERS = frozenset(
    "The This That These Those It He She They We In On At But And Since From After Before Last "
    "More Some Many Most Nearly About According However Meanwhile As For There".split()
)
_STOP = re.compile(r"[.!?…]+[\"”’'»)\]]*(?=\s|$)")
_WORD_BEFORE = re.compile(r"[\w.]{1,40}$")
_OPENING_WORD = re.compile(r"[A-Za-z]+")
# Headings, labels and credits end without the stop that ends a sentence.
_ENDS_AS_PROSE = re.compile(r"[.!?…][\"”’'»)\]]*\s*$")
_NOT_PROSE = re.compile(
    r"""^\s*(?:
        (?:watch|read|see|related|more|listen|photos?|video|image|file\ photo|caption|advertisement
           |editor['’]?s?\ note|note|correction|also\ read|read\ more|trending|opinion)
            \s*(?:more|also|now|next)?\s*[:—–|-]
      | (?:subscribe|sign\ up|click\ here|follow\ (?:us|him|her|the\ author)|share\ this
           |download|donate|support\ our|join\ our|get\ the|copyright|all\ rights
           |add\ your\ comment|please\ let\ us\ know|comments?\ (?:are|will)|translated\ by
           |edited\ by|written\ by|reporting\ by|terms\ of|this\ article\ (?:was|first)
           |this\ story\ (?:was|first)|like\ us|contact\ (?:the|us))\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_DATELINE_CAPTION = re.compile(r"^\s*[A-Z][A-Z.,\s]{3,60}\s[-–—]\s[A-Z]{3,9}\.?\s+\d{1,2}\s*:")
_CREDIT = re.compile(r"[.!?][\"”’]?\s*\([A-Z][^()]{1,80}\)\.?\s*$")
_PHOTO = re.compile(
    r"\b(?:seen|pictured|shown|photographed|poses?|stands?)\b.{0,60}"
    r"\b(?:photo(?:graph)?|image|picture)\b"
    r"|\((?:AP )?Photo\b|/\s?(?:Getty|Reuters|AFP|AP)\b|\b(?:Getty Images|File photo)\b",
    re.IGNORECASE,
)
_BIOGRAPHY = re.compile(
    r"^[^.]{3,60}\sis an?\s[^.]{0,80}\b(?:writer|reporter|correspondent|journalist|editor|"
    r"columnist|author|contributor|fellow)\b[^.]{0,160}\b(?:and|who|for|at|based|with)\b",
    re.IGNORECASE,
)
_PROMOTION = re.compile(
    r"\b(?:follow (?:him|her|them|us) on|our newsletter|click here|terms of use|"
    r"comments are approved|issues with commenting|subscribe (?:to|now))\b",
    re.IGNORECASE,
)
# "- Police arrest nine people. (Reuters) (BBC News)": the bullet and the sources are no words of it.
_BULLET = re.compile(r"[ \t]*[-*•·‣▪–][ \t]+(?=\S)")
_SOURCES = re.compile(r"(?:\s*\([^()\n]{2,80}\)\.?)+\s*$")
_FEWEST_WORDS = 5
"""An item with sources and fewer words is a heading."""
_PARAGRAPH = re.compile(r"[^\r\n]+(?:\r?\n[ \t]*(?=[a-z])[^\r\n]+)*")
_PAIR = re.compile(r"“[^“”]*”|\"[^\"]*\"")


class Sentence(msgspec.Struct, frozen=True):
    """One sentence: its offsets in the stored text, and the number of its paragraph."""

    start: int
    end: int
    paragraph: int
    item: bool = False
    """Whether it stands in an item of a list, which the sentences around the list say nothing of."""


def sentences(item: RawItem) -> list[Sentence]:
    """The sentences of the item's prose, in order."""
    text = item.text
    found: list[Sentence] = []
    for number, match in enumerate(_PARAGRAPH.finditer(text, max(0, item.body_start))):
        if len(match[0]) > MAX_PARAGRAPH:
            continue
        start, end, listed = _words_of(text, match.start(), match.end())
        if listed or is_prose(text[start:end]):
            found += [
                Sentence(*at, number, item=start > match.start())
                for at in _split(text, start, end)
                if at[1] - at[0] <= MAX_SENTENCE
            ]
    return found


def _words_of(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """A paragraph without bullet and sources, and whether they make it an item of a list."""
    bullet = _BULLET.match(text, start, end)
    if bullet is None:
        return start, end, False
    inner = bullet.end()
    sources = _SOURCES.search(text, max(inner, end - 400), end)
    if sources is None:
        return inner, end, False
    told = text[inner : sources.start()]
    return inner, sources.start(), len(told.split()) >= _FEWEST_WORDS and not _NOT_PROSE.match(told)


def is_prose(paragraph: str) -> bool:
    """Whether a paragraph is running text that its author answers for."""
    # Every one of these patterns looks at the beginning or the end.
    head, tail = paragraph[:400], paragraph[-200:]
    return not (
        not _ENDS_AS_PROSE.search(tail)
        or _NOT_PROSE.match(head)
        or _DATELINE_CAPTION.match(head)
        or _CREDIT.search(tail)
        or (len(paragraph) < 400 and (_PHOTO.search(head) or _PROMOTION.search(head)))
        or _BIOGRAPHY.match(head)
    )


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Offsets of the sentences; a stop within a quotation that goes on does not end one."""
    quoted = [(m.start(), m.end()) for m in _PAIR.finditer(text, start, end)]
    pieces: list[tuple[int, int]] = []
    at = start
    for stop in _STOP.finditer(text, start, end):
        inside = any(a < stop.start() and stop.end() < b for a, b in quoted)
        if not inside and _ends(text, stop, end):
            pieces.append((at, stop.end()))
            at = stop.end()
    pieces.append((at, end))
    trimmed = ((_skip(text, a, b), a + len(text[a:b].rstrip())) for a, b in pieces)
    return [(a, b) for a, b in trimmed if a < b]


def _skip(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _ends(text: str, stop: re.Match[str], end: int) -> bool:
    at = _skip(text, stop.end(), end)
    following = _OPENING_WORD.match(text, at, end)
    if at < end and text[at].islower():
        return False
    if not stop[0].startswith(".") or len(stop[0]) > 1:
        return True
    word = _WORD_BEFORE.search(text, max(0, stop.start() - 12), stop.start())
    if word is None:
        return True
    before = word[0].lower()
    if before in _ACRONYMS and following and following[0] in _OPENERS:
        return True
    # One capital and a stop is an initial.
    return not (before in _ABBREVIATIONS or (len(word[0]) == 1 and word[0].isupper()))
