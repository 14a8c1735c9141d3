"""A subscription's messages for whoever comes for them: Atom, JSON Feed, server-sent events."""

import re
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import msgspec

from projections.alerts.channel import Outgoing
from projections.alerts.message import Message
from tracker.domain.values import instant_text

ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Entry = tuple[Message, Outgoing]


class Item(msgspec.Struct, frozen=True):
    """One message of a JSON Feed; `_alert` is the whole of it."""

    id: str
    title: str
    content_text: str
    date_published: str
    alert: msgspec.Raw = msgspec.field(name="_alert")


class JsonFeed(msgspec.Struct, frozen=True):
    """JSON Feed 1.1."""

    title: str
    feed_url: str
    items: list[Item]
    version: str = "https://jsonfeed.org/version/1.1"


def atom(entries: Sequence[Entry], url: str, title: str, now: datetime) -> bytes:
    """The messages as an Atom feed (RFC 4287), in the order given."""
    feed = Element("feed", xmlns=ATOM)
    latest = entries[0][0].owed_at if entries else now
    _put(feed, "id", url)
    _put(feed, "title", title)
    _put(feed, "updated", instant_text(latest))
    SubElement(feed, "link", rel="self", href=url)
    _put(SubElement(feed, "author"), "name", "Policy Tracker")
    for message, told in entries:
        entry = SubElement(feed, "entry")
        _put(entry, "id", message.id.urn)
        _put(entry, "title", told.subject)
        _put(entry, "updated", instant_text(message.owed_at))
        _put(entry, "content", told.text, type="text")
    return ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)


def _put(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _NOT_XML.sub("\ufffd", text)


def json_feed(entries: Sequence[Entry], url: str, title: str) -> bytes:
    """The messages as a JSON Feed, in the order given."""
    items = [
        Item(m.id.urn, told.subject, told.text, instant_text(m.owed_at), msgspec.Raw(told.body))
        for m, told in entries
    ]
    return msgspec.json.encode(JsonFeed(title, url, items))


def event(entry: Entry) -> bytes:
    """A message as a server-sent event; its id says where a reader goes on that was cut off."""
    message, told = entry
    return (
        f"id: {message.position}-{message.number}\nevent: alert\ndata: ".encode()
        + told.body  # JSON has no line breaks
        + b"\n\n"
    )
