"""Bytes to text: which encoding a document is really in, whatever its labels claim."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A document without a mark still begins with "<" or "{" (XML 1.0, appendix F).
_UNMARKED = (
    (re.compile(rb"[<{]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[<{]"), "utf-32-be"),
    (re.compile(rb"[<{]\0"), "utf-16-le"),
    (re.compile(rb"\0[<{]"), "utf-16-be"),
)
_HTTP = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_HTML = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_HTML_HEAD_BYTES = 4096
# Supersets that the labels mean in practice (WHATWG Encoding Standard).
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """The text of a feed or page and the encoding that was used; never raises.

    A byte order mark decides; then UTF-8, when the bytes beyond ASCII are valid UTF-8 (text in
    another encoding practically never is); then HTTP's label, the document's own, windows-1252.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    for pattern, name in _UNMARKED:
        if pattern.match(body):
            return body.decode(name, "replace"), name
    labels = _labels(body, content_type)
    if not body.isascii():
        labels.insert(0, "utf-8")
    for label in (*labels, "utf-8", "cp1252"):
        name = _text_encoding(label)
        if name is None:
            continue
        try:
            return body.decode(name), name
        except UnicodeError:
            continue
    # Five byte values mean nothing in windows-1252; everything else of such a text is kept.
    return body.decode("cp1252", "replace"), "cp1252"


def _labels(body: bytes, content_type: str | None) -> list[str]:
    found = [match.group(1) for match in [_HTTP.search(content_type or "")] if match]
    own = _XML.match(body) or _HTML.search(body, 0, _HTML_HEAD_BYTES)
    if own:
        found.append(own.group(1).decode("ascii", "replace"))
    return found


def _text_encoding(label: str) -> str | None:
    """The codec for a label, or None for one that is unknown or not a text encoding."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    name = _SUPERSETS.get(name, name)
    # Python's own transforms (idna, rot13, unicode_escape …) are no encodings of documents.
    if name in _TRANSFORMS or name.endswith("_codec"):
        return None
    return name


_TRANSFORMS = frozenset(
    {
        "idna",
        "punycode",
        "unicode-escape",
        "raw-unicode-escape",
        "undefined",
        "rot13",
        "base64",
        "bz2",
        "hex",
        "quopri",
        "uu",
        "zlib",
        "utf-7",
        "utf-16",
        "utf-32",
        "mbcs",
        "oem",
    }
)
