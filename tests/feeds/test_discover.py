"""Which feeds a page names, and where else one might be."""

import pytest

from feeds.discover import MOST, Named, likely, named

BASE = "https://news.example/world/index.html"


def page(head: str = "", body: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', "https://news.example/rss"),
        ("<LINK REL=alternate TYPE=application/atom+xml HREF=a.xml>",
         "https://news.example/world/a.xml"),
        ("<link href='//cdn.example/f?a=1&amp;b=2' rel='home alternate' "
         "type='application/rss+xml; charset=utf-8'>", "https://cdn.example/f?a=1&b=2"),
        ('<link rel="alternate" type="application/feed+json" href="feed:https://a.example/f">',
         "https://a.example/f"),
        ('<link rel="alternate" type="application/rss+xml" href="feed://a.example/f#top">',
         "http://a.example/f"),
    ],
)  # fmt: skip
def test_a_declared_feed_is_found_with_its_whole_address(link: str, found: str) -> None:
    assert named(page(link), BASE) == (Named(found),)


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="stylesheet" type="application/rss+xml" href="/rss">',
        '<link rel="alternate" hreflang="de" href="/de">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="https://me:secret@a.example/f">',
        '<link rel="alternate" type="application/rss+xml" href="http://[::1/f">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/rss"> -->',
    ],
)
def test_what_is_no_feed_is_passed_over(link: str) -> None:
    assert named(page(link), BASE) == ()


def test_feeds_come_in_the_order_of_the_page_once_each_with_their_titles() -> None:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="/{path}">'
        for path, title in (("b", "News &amp;  more"), ("a", ""), ("b", "again"))
    )
    assert named(page(f'<base href="https://other.example/x/">{links}'), BASE) == (
        Named("https://other.example/b", "News & more"),
        Named("https://other.example/a"),
    )
    many = "".join(
        f'<link rel=alternate type=application/rss+xml href="/{n}">' for n in range(2 * MOST)
    )
    assert len(named(page(many), BASE)) == MOST


def test_without_a_declaration_own_links_come_first_and_then_usual_places() -> None:
    body = (
        '<a href="/about">About</a><a href="/service/news.rss">RSS</a>'
        '<a href="https://elsewhere.example/feed">theirs</a><a href="/world/feed/">Feed</a>'
    )
    found = likely(page(body=body), BASE)

    assert found[:2] == (
        "https://news.example/service/news.rss",
        "https://news.example/world/feed/",
    )
    assert "https://news.example/rss.xml" in found
    assert all(url.startswith("https://news.example/") for url in found)
    assert len(found) < 10


def test_a_hostile_page_is_read_in_time_that_grows_with_its_size() -> None:
    for piece in (b"<link ", b'<link a="', b"<!--", b"<link rel=alternate type='", b"<a href"):
        assert named(piece * 200_000, BASE) == ()
    for word in (b"a", b"a ", b"-a", b"a=", b"a='b'"):
        assert named(b"<link " + word * 200_000 + b">", BASE) == ()
