"""The sample: three reports written for demonstration, served as a feed, and what became of them.

The reports state what the press reported in May and June 2024 on entry to Ecuador; their wording,
authors and publisher are made up. A user called `sample` accepts the drafts that DECISIONS names;
all other drafts are left waiting in the inbox.
"""

import copy
import html
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from importlib.resources import files
from typing import Any

import msgspec

PUBLISHER = "Sample Wire"
FEED_PATH = "/sample/feed.xml"
RECEIVER_PATH = "/sample/receiver"
USER = "sample"


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One report of the sample: its text is in reports/, named like its guid."""

    guid: str
    title: str
    author: str
    published: datetime

    @property
    def path(self) -> str:
        """The report's address below that of the feed."""
        return f"reports/{self.guid.removeprefix('sample-')}.html"

    @property
    def body(self) -> str:
        """The text as HTML."""
        return files("tracker.sample").joinpath(self.path).read_text("utf-8")


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A draft that the sample's user accepts, found by what it says.

    `quote` is how the first cited sentence begins, `where` gives fields that the fact must hold.
    `edits` maps dotted paths of the fact (`citations.0.attribution`) to what the user wrote there.
    """

    guid: str
    fact_type: str
    quote: str
    reason: str
    where: dict[str, Any] = {}
    edits: dict[str, Any] = {}

    def fits(self, guid: str, fact_type: str, fact: dict[str, Any]) -> bool:
        """Whether this is the draft that was decided on."""
        return (
            (guid, fact_type) == (self.guid, self.fact_type)
            and fact["citations"][0]["quote"].startswith(self.quote)
            and all(_at(fact, path) == value for path, value in self.where.items())
        )

    def edited(self, fact: dict[str, Any]) -> dict[str, Any]:
        """The fact with the user's edits; the draft itself is left as it is."""
        changed = copy.deepcopy(fact)
        for path, value in self.edits.items():
            *outer, last = path.split(".")
            holder = _at(changed, ".".join(outer)) if outer else changed
            holder[last] = value
        return changed


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[int(part)] if part.isdigit() else value.get(part)
    return value


def _load(name: str) -> bytes:
    return files("tracker.sample").joinpath(name).read_bytes()


REPORTS = msgspec.json.decode(_load("reports.json"), type=tuple[Report, ...])
DECISIONS = msgspec.json.decode(_load("decisions.json"), type=tuple[Decision, ...])


def feed_xml(base_url: str) -> bytes:
    """The three reports as RSS 2.0 with full text, newest first; links start with `base_url`."""
    return "\n".join(_feed(base_url.rstrip("/"))).encode()


def _feed(base_url: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
    )
    yield f"<title>{PUBLISHER}</title><link>{html.escape(base_url)}/</link>"
    yield "<description>Three reports written to demonstrate Policy Tracker</description>"
    yield "<language>en</language>"
    for report in sorted(REPORTS, key=lambda one: one.published, reverse=True):
        yield f"<item><title>{html.escape(report.title)}</title>"
        yield f"<link>{html.escape(base_url)}/{report.path}</link>"
        yield f'<guid isPermaLink="false">{report.guid}</guid>'
        yield f"<pubDate>{format_datetime(report.published, usegmt=False)}</pubDate>"
        yield f"<dc:creator>{html.escape(report.author)}</dc:creator>"
        yield f"<dc:publisher>{PUBLISHER}</dc:publisher><dc:language>en</dc:language>"
        yield f"<content:encoded>{html.escape(report.body)}</content:encoded></item>"
    yield "</channel></rss>"
