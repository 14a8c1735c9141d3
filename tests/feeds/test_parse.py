"""Feed documents, sound and hostile, and what is made of them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse import parse_bytes

RSS = """<rss version="2.0"><channel><title>News &amp;#8211; all</title><language>fr</language>
<ttl>60</ttl><item><title>Visas &lt;b&gt;now&lt;/b&gt;</title><link>/a</link><guid>g1</guid>
<description>teaser</description><author>Jane</author>
<pubDate>Mon, 01 Jan 2024 10:00:00 +0200</pubDate></item></channel></rss>"""

BOMB = b"""<?xml version="1.0"?><!-- <x --><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<rss version="2.0"><channel><title>&b;</title></channel></rss>"""


def test_rss_becomes_items_with_text_addresses_and_times_in_utc() -> None:
    feed = parse_bytes(RSS.encode(), base_url="https://news.example/feed")
    assert (feed.state, feed.message) == ("ok", None)
    assert (feed.title, feed.language, feed.ttl_s) == ("News – all", "fr", 3600)
    (item,) = feed.items
    assert item.text == "Visas now\n\nteaser"
    assert item.text[item.body_start :] == "teaser"
    assert (item.url, item.guid, item.author) == ("https://news.example/a", "g1", "Jane")
    assert item.published_at == datetime(2024, 1, 1, 8, tzinfo=UTC)
    assert item.updated_at is None


def test_full_content_is_preferred_over_the_summary() -> None:
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>i</id>
    <title>a</title><summary>short</summary><updated>2024-06-20T10:00:00Z</updated>
    <content type="html">&lt;p&gt;one&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;</content></entry></feed>"""
    (item,) = parse_bytes(atom).items
    assert item.text == "a\n\none\n\ntwo"
    assert item.published_at == item.updated_at == datetime(2024, 6, 20, 10, tzinfo=UTC)


def test_only_web_addresses_become_links() -> None:
    feed = parse_bytes(RSS.replace("<link>/a", "<link>javascript:alert(1)").encode())
    assert feed.items[0].url is None


def test_a_json_feed_is_read_and_a_broken_item_is_left_out() -> None:
    feed = parse_bytes(
        b"""{"version":"https://jsonfeed.org/version/1.1","title":"t","language":"en","items":[
        {"id":3,"url":"/z","title":"a","content_html":"<p>x<p>y","date_published":
        "2024-01-01T10:00:00+02:00","authors":[{"name":"Jane"},{"name":"Joe"}]},{"id":[]}]}""",
        content_type="application/feed+json",
        base_url="https://e.org/f",
    )
    assert feed.state == "recovered"
    assert feed.message is not None
    assert feed.message.startswith("1 of 2 items were left out")
    (item,) = feed.items
    assert (item.text, item.guid, item.url) == ("a\n\nx\n\ny", "3", "https://e.org/z")
    assert (item.author, item.published_at) == ("Jane, Joe", datetime(2024, 1, 1, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("body", "state", "message"),
    [
        (b"", "malformed", "The body is empty."),
        (b'<rss version="2.0"><channel/></rss>', "empty", "The feed has no items."),
        (b"hello", "malformed", "The document is not a feed: no RSS, RDF or Atom root element."),
        (b"{}", "malformed", "The document is JSON, but names no JSON Feed version."),
        (BOMB, "malformed", "The document declares entities that could expand without bound."),
        (
            BOMB.decode().encode("utf-16"),
            "malformed",
            "The document declares entities that could expand without bound.",
        ),
        (
            b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel/></rss>',
            "malformed",
            "The document declares entities that could expand without bound.",
        ),
        (
            b"<rss>" + b"<a>" * 466_000,
            "malformed",
            "The document nests elements more than 200 deep.",
        ),
        (
            b"<!-- x --><!DOCTYPE html><title>Just a moment...</title>",
            "html",
            'The address gave an HTML page titled "Just a moment..." instead of a feed.',
        ),
        (
            b"Checking your browser <body>wait</body>",
            "html",
            "The address gave an HTML page instead of a feed.",
        ),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: bytes, state: str, message: str) -> None:
    feed = parse_bytes(body)
    assert (feed.state, feed.message, feed.items) == (state, message, ())


def test_harmless_entities_are_read() -> None:
    doctype = '<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY tea "tea">\n]>\n'
    feed = parse_bytes((doctype + RSS.replace("teaser", "&tea;ser")).encode())
    assert feed.state == "ok"
    assert feed.items[0].text.endswith("teaser")


def test_a_broken_document_is_read_as_far_as_possible() -> None:
    feed = parse_bytes(RSS.replace("teaser", "a & b < c").encode())
    assert feed.state == "recovered"
    assert len(feed.items) == 1


def test_two_hundred_siblings_are_not_two_hundred_levels() -> None:
    item = "<item><title>a</title><x y='1>0'/><description><![CDATA[<p>" + "<br>" * 300
    items = f"{item}]]></description></item>" * 300
    body = f'<rss version="2.0"><channel>{items}</channel></rss>'
    assert len(parse_bytes(body.encode()).items) == 300


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "iso-8859-1", "text/xml; charset=us-ascii"),
        ("utf-8", None, None),
        ("cp1252", None, "text/xml"),
        ("cp1252", "utf-8", "application/rss+xml; charset=utf-8"),
        ("iso-8859-1", "idna", None),
        ("iso-8859-1", "no-such-thing", "text/xml; charset=unicode_escape"),
        ("utf-16", "utf-8", None),
        ("utf-16-le", None, None),
        ("utf-32", None, "text/xml; charset=utf-8"),
    ],
)
def test_a_wrong_or_missing_encoding_does_not_garble_the_text(
    encoding: str, declared: str | None, content_type: str | None
) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = (declaration + RSS.replace("teaser", "Genève")).encode(encoding)
    feed = parse_bytes(body, content_type=content_type)
    assert feed.items[0].text.endswith("Genève")


MARKUP = st.lists(
    st.sampled_from(
        "<rss version='2.0'>|<channel>|<item>|<title>|</title>|<description>|<![CDATA[|]]>|<!--|-->"
        "|<script|<SCRIPT src=x>|</script>|&lt;script&gt;|&amp;lt;script|<svg>|<!DOCTYPE x [|]>"
        "|<!ENTITY a '&b;'>|&a;|<?xml version='1.0' encoding='utf-7'?>|<guid>|<pubDate>|9999-99-99"
        "|<feed xmlns='http://www.w3.org/2005/Atom'>|<entry>|<content type='xhtml'>|<link href='//['>"
        '|\0|\ufeff|\ud800|é|<p>|</p>|{|}|"items":|[|<|>|&|"|\''.split("|")
    )
    | st.text(max_size=5),
    max_size=40,
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))


@given(MARKUP | st.binary(max_size=300), st.sampled_from([None, "text/html", "x; charset=idna"]))
def test_no_document_raises_and_no_script_survives(body: bytes, content_type: str | None) -> None:
    feed = parse_bytes(body, content_type=content_type, base_url="https://e.org/")
    for item in feed.items:
        assert "<script" not in item.text.lower()
        item.text.encode()
        assert "\0" not in item.text
