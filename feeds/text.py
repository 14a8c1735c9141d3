"""HTML to the plain text that is stored, quoted and searched."""

import re
from html import unescape

import nh3

from feeds.nesting import flatten, too_deep

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li "
    "main menu nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset({"td", "th"})
_KEPT = set(_BLOCKS | _CELLS | {"br"})
# The text inside these is for machines, or is a fallback for what a reader does not see.
_DROPPED = set(
    "script style noscript template iframe object embed applet svg math title head textarea "
    "select option button audio video canvas noembed noframes xmp plaintext".split()
)
# C0 and C1 controls but for tab and line ends, lone surrogates, noncharacters, and the marks that
# break words invisibly: a quote that is searched for must be found.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_SCRIPT = re.compile(r"(?<![</])([</]++)(?=script)", re.IGNORECASE)
_LINE_ENDS = re.compile(r"\n{2,}")
_TAG = re.compile(r"</?([a-z0-9]+)>")
_SPACES = re.compile(r"\s+")


def to_text(html: str) -> str:
    """The readable text of an HTML fragment: same input, same output, whatever the input.

    Blocks are separated by one empty line, `<br>` becomes a line end, other white space one space.
    """
    html = _UNWANTED.sub("", html)
    if too_deep(html, html=True):
        html = flatten(html, _BLOCKS)
    clean = nh3.clean(
        html,
        tags=_KEPT,
        clean_content_tags=_DROPPED,
        attributes={},
        strip_comments=True,
        link_rel=None,
    )
    return _harmless("\n\n".join(_paragraphs(clean)))


def plain(text: str) -> str:
    """Text that is no markup, in the same shape: empty lines separate paragraphs."""
    lines = (" ".join(line.split()) for line in _UNWANTED.sub("", text).splitlines())
    paragraphs = _LINE_ENDS.split("\n".join(lines).strip("\n"))
    return _harmless("\n\n".join(one.replace("\n", " ") for one in paragraphs))


def one_line(text: str) -> str:
    """The text on a single line, for titles, names and identifiers."""
    return _harmless(_SPACES.sub(" ", _UNWANTED.sub("", text)).strip())


def _harmless(text: str) -> str:
    # Escaped markup is only words here, but some reader of the log will one day forget to escape.
    return _SCRIPT.sub(lambda run: run[1].partition("<")[0], _UNWANTED.sub("", text))


def _paragraphs(clean: str) -> list[str]:
    """The paragraphs of sanitised HTML, which has only bare tags of known elements left."""
    paragraphs: list[str] = []
    pieces: list[str] = []
    position = 0
    for tag in _TAG.finditer(clean):
        pieces.append(_SPACES.sub(" ", unescape(clean[position : tag.start()])))
        position = tag.end()
        if tag.group(1) == "br":
            pieces.append("\n")
        elif tag.group(1) in _CELLS:
            pieces.append(" ")
        else:
            paragraphs.append(_lines(pieces))
            pieces = []
    pieces.append(_SPACES.sub(" ", unescape(clean[position:])))
    paragraphs.append(_lines(pieces))
    return [paragraph for paragraph in paragraphs if paragraph]


def _lines(pieces: list[str]) -> str:
    lines = "\n".join(" ".join(line.split()) for line in "".join(pieces).split("\n"))
    # Two line ends in a row are how many editors write a paragraph.
    return _LINE_ENDS.sub("\n\n", lines.strip("\n"))
