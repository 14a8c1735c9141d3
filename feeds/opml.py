"""Lists of feeds as OPML 2.0 (http://opml.org/spec2.opml), read from strangers and written.

Folders are outlines within outlines; a feed's category is the path of its folders. What OPML has
no attribute for stands in attributes of our own, as the specification allows.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

import msgspec

from feeds.charset import decode
from tracker.domain.errors import Refused, TooLarge
from tracker.domain.feed_settings import PORTABLE, Setting
from tracker.domain.values import RULES

LARGEST_BYTES = 10_000_000
MOST_FEEDS = 10_000
_DEEPEST = 50
_PREFIX = "tracker:"
_NAMESPACE = "urn:policy-tracker:feed"
# OPML's own words are used where it has them.
_OWN: tuple[Setting, ...] = tuple(s for s in PORTABLE if s not in ("title", "category", "language"))
_LISTS = ("include", "exclude")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A feed of a list, and the line on which it stands."""

    url: str
    line: int = 0
    settings: dict[str, Any] = {}


class Outlines(msgspec.Struct, frozen=True):
    """What a list holds, and a line about everything in it that cannot be used."""

    entries: list[Entry]
    broken: list[str]


def read(data: bytes) -> Outlines:
    """The feeds of a list; Refused or TooLarge where it cannot be read as a whole."""
    if len(data) > LARGEST_BYTES:
        raise TooLarge(f"the list is larger than {LARGEST_BYTES // 1_000_000} MB")
    text, _ = decode(data)
    reading = _Reading()
    try:
        reading.parser.Parse(_NOT_XML.sub("", text.lstrip("\ufeff \t\r\n")).encode(), True)
    except expat.ExpatError as wrong:
        reason = expat.ErrorString(wrong.code)
        raise Refused(
            f"the list is no XML that can be read: line {wrong.lineno}, {reason}"
        ) from None
    return Outlines(reading.entries, reading.broken)


class _Reading:
    """One list while it is read; nothing of it is kept but its feeds."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.broken: list[str] = []
        self._folders: list[str | None] = []
        # The text was decoded before, so that what the prolog says of the encoding is past.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = _no_entity

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._folders and name.lower() != "opml":
            raise Refused(f"the list is no OPML: it begins with <{name[:40]}>")
        if len(self._folders) >= _DEEPEST:
            raise Refused(f"the list nests elements more than {_DEEPEST} deep")
        folder = None
        if name.lower() == "outline":
            said = {key.lower(): value.strip() for key, value in attributes.items()}
            if "xmlurl" in said or said.get("type", "").lower() in ("rss", "atom"):
                self._feed(said)
            else:
                folder = said.get("text") or said.get("title")
        self._folders.append(folder)

    def _end(self, name: str) -> None:
        self._folders.pop()

    def _feed(self, said: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        url, title = said.get("xmlurl", ""), said.get("title") or said.get("text")
        if len(self.entries) + len(self.broken) >= MOST_FEEDS:
            raise TooLarge(f"the list has more than {MOST_FEEDS} feeds")
        if not url:
            self.broken.append(f"line {line}: {(title or 'a feed')[:80]!r} has no xmlUrl")
            return
        # Where no folder is, the first of the categories, which are separated by commas.
        folders = [folder for folder in self._folders if folder]
        category = "/".join(folders) or said.get("category", "").partition(",")[0]
        given = {
            "title": None if title == url else title,
            "category": category.strip("/ ") or None,
            "language": _language(said.get("language", "")),
        } | {name: said.get(f"{_PREFIX}{name}") for name in _OWN}
        settings: dict[str, Any] = {name: value for name, value in given.items() if value}
        try:
            lists = {
                name: msgspec.json.decode(settings[name], type=tuple[str, ...])
                for name in _LISTS
                if name in settings
            }
        except msgspec.DecodeError:
            self.broken.append(f"line {line}: its terms are no list in JSON")
            return
        self.entries.append(Entry(url=url, line=line, settings=settings | lists))


def _language(text: str) -> str | None:
    """The language, unless it is one of the words that readers put where they know none."""
    try:
        return RULES["language"](text)
    except Refused:
        return None


def _no_entity(name: str, *_: object) -> None:
    raise Refused(f"the list declares the entity {name[:40]!r}, and a list of feeds needs none")


def written(entries: Sequence[Entry], now: datetime) -> bytes:
    """The list as OPML, in folders by category; reading it gives the same entries."""
    root = ElementTree.Element("opml", {"version": "2.0", "xmlns:tracker": _NAMESPACE})
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = "Feeds of Policy Tracker"
    ElementTree.SubElement(head, "dateCreated").text = format_datetime(now, usegmt=True)
    folders = {"": ElementTree.SubElement(root, "body")}
    for entry in entries:
        folder = _folder(folders, entry.settings.get("category") or "")
        title = entry.settings.get("title") or entry.url
        attributes = {"type": "rss", "text": title, "title": title, "xmlUrl": entry.url}
        for name, value in entry.settings.items():
            if name in _OWN and value not in (None, ()):
                plain = msgspec.json.encode(value).decode() if name in _LISTS else str(value)
                attributes[_PREFIX + name] = plain
        if language := entry.settings.get("language"):
            attributes["language"] = language
        ElementTree.SubElement(folder, "outline", _clean(attributes))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _folder(folders: dict[str, ElementTree.Element], path: str) -> ElementTree.Element:
    """The outline of a category, made with all above it where it is not there yet."""
    if path not in folders:
        above, _, name = path.rpartition("/")
        folders[path] = ElementTree.SubElement(
            _folder(folders, above), "outline", _clean({"text": name})
        )
    return folders[path]


def _clean(attributes: dict[str, str]) -> dict[str, str]:
    """Without the characters that XML cannot hold."""
    return {name: _NOT_XML.sub("\ufffd", value) for name, value in attributes.items()}
