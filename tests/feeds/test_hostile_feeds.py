"""Feeds as no standard has them, through everything that happens before the log: nothing raises.

Each is a feed of some format whose fields hold what feeds have been seen to hold, then damaged.
"""

import html
import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.article import is_wanted, wants_page
from feeds.extract import drafts
from feeds.identity import diff_class, identify, snapshot
from feeds.items import RawItem
from feeds.kept import sha256_of
from feeds.parse import parse_bytes
from feeds.recordable import recordable
from tests.projections.folding import event_id
from tracker.domain.document import DocumentReceived
from tracker.domain.feed_settings import FeedSettings
from tracker.domain.likeness import signature
from tracker.domain.values import checked, instant_text

SUSPENSION = "Ecuador has suspended visa-free entry for Chinese nationals from July 1, 2030."
FIELD = st.sampled_from(
    [
        "", " ", "a", SUSPENSION, "<script>alert(1)</script>", "&lt;script src=//x&gt;",
        "<p onclick=x()>word</p>", "<img src=x onerror=alert(1)>", "]]>", "<![CDATA[", "&nbsp;&bogus;",
        "&#0;&#xD800;&#x110000;", "\u202eright to left\u202c", "a\u0301\u0327", "\ufeff", "\x85",
        "javascript:alert(1)", "http://[", "http://e.org/a b", "//e.org/x", "data:text/html,x",
        "http://e.org/" + "x" * 3000, "Mon, 32 Foo 2024 99:99:99 +9999", "2024-06-20T25:61:61Z",
        "0000-00-00", "99999-01-01", "-1", "1e400", "厄瓜多尔" * 40, "x" * 2000, "🇪🇨" * 9,
        "<a <b <c>>>", "<table><tr><td>" * 60, "a\tb\nc\rd\x0be",
    ]
) | st.text(max_size=12)  # fmt: skip
FIELDS = st.fixed_dictionaries(
    dict.fromkeys(("title", "link", "guid", "body", "date", "author", "language"), FIELD)
)
ITEMS = st.lists(FIELDS, max_size=4)


def _element(name: str, value: str, how: int) -> str:
    told = (html.escape(value), f"<![CDATA[{value}]]>", value, html.escape(html.escape(value)))
    return f"<{name}>{told[how % 4]}</{name}>"


def rss(items: list[dict[str, str]], how: int) -> str:
    names = {"title": "title", "link": "link", "guid": "guid", "body": "description",
             "date": "pubDate", "author": "author", "language": "dc:language"}  # fmt: skip
    told = [
        "<item>" + "".join(_element(names[k], v, how) for k, v in i.items()) + "</item>"
        for i in items
    ]
    return f"<rss version='2.0'><channel><title>t</title>{''.join(told)}</channel></rss>"


def atom(items: list[dict[str, str]], how: int) -> str:
    kind = ("text", "html", "xhtml", "image/png")[how % 4]
    told = [
        f"<entry><id>{html.escape(i['guid'])}</id><title type='{kind}'>{html.escape(i['title'])}"
        f"</title><link href='{html.escape(i['link'])}'/>"
        f"<content type='{kind}' xml:lang='{html.escape(i['language'])}'>{i['body']}</content>"
        f"<updated>{html.escape(i['date'])}</updated></entry>"
        for i in items
    ]
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>{''.join(told)}</feed>"


def json_feed(items: list[dict[str, str]], how: int) -> str:
    told: list[dict[str, Any]] = [
        {"id": i["guid"], "url": i["link"], "title": i["title"], "content_html": i["body"],
         "date_published": i["date"], "authors": [{"name": i["author"]}],
         "language": i["language"]}
        for i in items
    ]  # fmt: skip
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "t", "items": told}, ensure_ascii=how % 2 == 0)


def damaged(body: bytes, at: int, how: int) -> bytes:
    """The document, or one that was cut off, sewn together wrongly or sent with rubbish in it."""
    at %= len(body) + 1
    ways: list[Callable[[], bytes]] = [
        lambda: body,
        lambda: body,
        lambda: body[:at],
        lambda: body[:at] + body[at // 2 :],
        lambda: body[:at] + b"\0\xff<" + body[at:],
        lambda: body.replace(b">", b"> ", 3) + body,
    ]
    return ways[how % len(ways)]()


def taken(item: RawItem) -> None:
    """All that becomes of an item before it is appended."""
    sound = recordable(item)
    event = DocumentReceived(
        document=event_id(1), raw_sha256="0" * 64, text_sha256=sha256_of(sound.text),
        url=sound.url, title=sound.title, author=sound.author, language=sound.language,
        publisher=sound.publisher, guid=sound.guid,
        published_at=instant_text(sound.published_at) if sound.published_at else None,
        signature=signature(sound.text[sound.body_start :]),
    )  # fmt: skip
    checked(event)
    for draft in drafts(sound, event.document):
        checked(draft)
    feed = FeedSettings(feed=event_id(2), include=("visa",), exclude=("(",))
    is_wanted(sound, feed)
    wants_page(sound, "auto")
    assert diff_class(snapshot(sound), snapshot(sound)) is None
    for told in (sound.text, sound.title or "", sound.author or "", sound.url or ""):
        assert "<script" not in told.lower()
    assert sound.url is None or sound.url.startswith(("http://", "https://"))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([rss, atom, json_feed]),
    ITEMS,
    st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-32"]),
    st.integers(0, 10**6),
    st.integers(0, 23),
)
def test_no_exception_leaves_the_pipeline_and_no_script_gets_into_it(
    written: Callable[[list[dict[str, str]], int], str],
    items: list[dict[str, str]],
    encoding: str,
    at: int,
    how: int,
) -> None:
    body = damaged(written(items, how).encode(encoding, "replace"), at, how)
    parsed = parse_bytes(body, content_type="text/xml", base_url="https://e.org/feed")
    for found in identify(parsed.items):
        assert found.identity
        taken(found.item)
