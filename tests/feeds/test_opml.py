"""Lists of feeds: read from whoever sends one, written, and the same after both."""

import re
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import opml
from feeds.guard import Guard
from feeds.lists import TakenIn, given_out, take_in
from feeds.opml import Entry, read, written
from tests.place import Place, parts_at
from tests.tracker.domain.strategies import TEXT
from tracker.domain.errors import Conflict, Refused, TooLarge
from tracker.domain.feed import AddFeed, RemoveFeed
from tracker.domain.feed_settings import PORTABLE
from tracker.parts import Parts

NOW = datetime(2024, 6, 20, 12, tzinfo=UTC)
FEED = "https://a.example/rss"
NESTED = """<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="1.1"><head><title>mine</title></head><body>
<outline text="Europe"><outline title="Ministries">
<outline type="rss" text="Außen" xmlUrl="https://a.example/rss" htmlUrl="https://a.example" language="unknown"/>
</outline>
<outline type="rss" title="B &amp; C" text="b" xmlURL=" https://b.example/rss " language="de"/></outline>
<outline text="https://c.example/rss" xmlUrl="https://c.example/rss" category="/News/World,/x"/>
<outline type="rss" text="nowhere"/>
<outline text="empty folder"/>
<outline type="link" text="a page" url="https://d.example"/>
</body></opml>""".encode("latin-1")
BOMB = b"""<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<opml><body><outline text="&b;" xmlUrl="https://a.example"/></body></opml>"""
OUTSIDE = b"""<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>"""


def line(url: str, more: str = "") -> str:
    return f'<outline type="rss" text="x" xmlUrl="{url}" {more}/>'


def listed(*lines: str) -> bytes:
    return "\n".join(["<opml><body>", *lines, "</body></opml>"]).encode()


def test_folders_become_categories_and_what_is_broken_is_told_by_its_line() -> None:
    found = read(NESTED)

    assert [(e.url, e.settings) for e in found.entries] == [
        ("https://a.example/rss", {"title": "Außen", "category": "Europe/Ministries"}),
        ("https://b.example/rss", {"title": "B & C", "category": "Europe", "language": "de"}),
        ("https://c.example/rss", {"category": "News/World"}),
    ]
    assert found.broken == ["line 8: 'nowhere' has no xmlUrl"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no XML that can be read: line 1, no element found"),
        (b"<opml><body></opml>", "no XML that can be read: line 1, mismatched tag"),
        (b"<html><body/></html>", "no OPML: it begins with <html>"),
        (b"not xml", "no XML that can be read"),
        (BOMB, "declares the entity 'a'"),
        (OUTSIDE, "declares the entity 'a'"),
        (b"<opml>" + b"<outline text='x'>" * 60, "more than 50 deep"),
        (b"<opml><body>&nbsp;</body></opml>", "undefined entity"),
    ],
)
def test_a_list_that_cannot_be_read_as_a_whole_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read(data)


def test_a_list_over_the_limits_is_refused() -> None:
    with pytest.raises(TooLarge):
        read(b" " * (opml.LARGEST_BYTES + 1))
    with pytest.raises(TooLarge, match="more than 10000 feeds"):
        read(listed(*[line("https://a.example")] * (opml.MOST_FEEDS + 1)))
    with pytest.raises(TooLarge, match="more than 10000 feeds"):
        read(listed(*['<outline type="rss"/>'] * (opml.MOST_FEEDS + 1)))


@st.composite
def commands(draw: st.DrawFn) -> AddFeed:
    """Additions of feeds with all that can be set for one."""
    words = TEXT.filter(lambda text: "".join(text.split()).strip("/"))
    fields: dict[str, st.SearchStrategy[Any]] = {
        "title": words,
        "category": words,
        "publisher": words,
        "reliability": st.sampled_from("ABCDEF"),
        "language": st.sampled_from(["en", "zh-Hans"]),
        "interval_s": st.integers(1, 1000),
        "most_interval_s": st.integers(1000, 9999),
        "spacing_s": st.integers(0, 99),
        "article": st.sampled_from(["auto", "always", "never"]),
        "include": st.lists(words, max_size=3).map(tuple),
        "exclude": st.lists(words, max_size=3).map(tuple),
    }
    given = draw(st.fixed_dictionaries({}, optional=fields))
    word = draw(st.from_regex(r"[a-z]{1,9}(\?[a-z&=']{0,9})?", fullmatch=True))
    return AddFeed(url=f"https://example.org/{word}", **given).normal()


@given(st.lists(commands(), max_size=4))
def test_what_is_written_is_read_back_as_it_was(adding: list[AddFeed]) -> None:
    entries = [
        Entry(url=one.url, settings={name: getattr(one, name) for name in PORTABLE})
        for one in adding
    ]

    found = read(written(entries, NOW))

    # Folders gather what belongs together, so the order is another one.
    assert found.broken == []
    assert sorted(map(_told, found.entries)) == sorted(map(_told, entries))


def _told(entry: Entry) -> tuple[str, list[tuple[str, str]]]:
    """An entry by what is set, as XML holds it: without the characters that it cannot hold."""
    told = {
        name: "|".join(value) if name in ("include", "exclude") else str(value)
        for name, value in entry.settings.items()
        if value not in (None, ())
    }
    return entry.url, sorted(
        (n, re.sub("[\x00-\x1f\ufffe\uffff]", "\ufffd", v)) for n, v in told.items()
    )


async def taken(parts: Parts, data: bytes) -> tuple[list[str], int, tuple[str, ...]]:
    """What became of a list: the addresses added, how many were known, what was broken."""
    found = await take_in(
        data, executor=parts.executor, guard=Guard(), actor=await parts.operator()
    )
    return [feed.url for feed in found.added], found.known, found.broken


async def test_a_list_goes_in_once_and_comes_out_with_all_that_was_set(place: Place) -> None:
    data = listed(
        line(
            "https://a.example/rss", 'tracker:interval_s="600" tracker:include="[&quot;visa&quot;]"'
        ),
        line("https://a.example/rss"),
        line("http://10.0.0.1/rss"),
        line("gopher://a.example"),
        line("https://me:secret@a.example/rss"),
        line("https://me:secret@a.example/rss", 'tracker:interval_s="soon"'),
        line("https://b.example/rss", 'tracker:interval_s="soon"'),
        line("https://c.example/rss", 'tracker:include="visa"'),
        line("https://d.example/rss", 'tracker:article="perhaps"'),
        line("https://e.example/rss"),
    )
    async with parts_at(place) as parts:
        await parts.executor.execute(
            AddFeed(url="https://e.example/rss", title="E"), await parts.operator()
        )

        urls, known, broken = await taken(parts, data)

        assert (urls, known) == (["https://a.example/rss"], 1)
        assert [one.partition(":")[0] for one in broken] == [
            "line 9", "line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "line 10",
        ]  # fmt: skip
        assert not any("secret" in one for one in broken)
        assert await taken(parts, data) == ([], 2, broken)
        head = await parts.reader.head()
        with pytest.raises(Refused):
            await taken(parts, data.replace(b"</body>", b""))
        assert await parts.reader.head() == head

        out = await given_out(parts.reader, lambda: NOW)
        outlines = ElementTree.fromstring(out).iter("outline")
        assert [o.get("xmlUrl") for o in outlines] == [
            "https://e.example/rss", "https://a.example/rss",
        ]  # fmt: skip
        [_, first] = read(out).entries
        assert first.settings == {"title": "x", "interval_s": "600", "include": ("visa",)}


async def test_a_list_of_more_feeds_than_a_page_is_taken_in_and_listed_whole(place: Place) -> None:
    data = listed(*(line(f"https://h{n}.example/rss") for n in range(1200)))
    async with parts_at(place) as parts:
        urls, *_ = await taken(parts, data)
        await parts.settle()

        assert len(urls) == len(await parts.feeds()) == 1200


async def test_a_long_list_sent_again_with_its_key_is_answered_with_what_it_led_to(
    place: Place,
) -> None:
    data = listed(*(line(f"https://h{n}.example/rss") for n in range(300)))
    async with parts_at(place) as parts:

        async def sent(data: bytes) -> TakenIn:
            return await take_in(
                data, executor=parts.executor, guard=Guard(), actor=operator, key="k"
            )

        operator = await parts.operator()
        first = await sent(data)
        assert (len(first.added), await sent(data)) == (300, first)
        with pytest.raises(Conflict):
            await sent(data.replace(b"h299.", b"other."))
        assert await parts.reader.head() == first.position


async def test_a_feed_that_was_removed_comes_back_by_a_list_and_is_not_given_out(
    place: Place,
) -> None:
    async with parts_at(place) as parts:
        done = await parts.executor.execute(AddFeed(url=FEED), await parts.operator())
        feed = getattr(done.events[0].event, "feed", "")
        await parts.executor.execute(RemoveFeed(feed=feed), await parts.operator())

        assert read(await given_out(parts.reader, lambda: NOW)).entries == []
        assert (await taken(parts, listed(line(FEED))))[:2] == ([FEED], 0)
