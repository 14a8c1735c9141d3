"""The article of a web page and what the page says about itself."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.page import main_text
from tests.feeds.test_parse import MARKUP

SENTENCE = "The visa exemption of 1 January 2019 is suspended for all holders of passports. "


def page(head: str = "", body: str = SENTENCE * 6) -> bytes:
    return (
        f"<html lang='en-GB'><head><title>A rule</title>{head}</head><body><nav>Home About</nav>"
        f"<article><h1>A rule</h1><p>{body}</p></article><footer>All rights</footer></body></html>"
    ).encode()


def test_menus_and_title_are_left_out_of_the_body() -> None:
    found = main_text(page())
    assert found.body == (SENTENCE * 6).strip()
    assert (found.title, found.language) == ("A rule", "en-GB")


def test_a_date_in_the_text_is_not_the_date_of_the_page() -> None:
    assert main_text(page()).published_at is None


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2024-06-18T09:00:00+02:00">',
        '<meta itemprop="datePublished" content="Tue, 18 Jun 2024 07:00:00 GMT">',
        '<script type="application/ld+json">{"@graph":[{"datePublished":"2024-06-18T07:00Z"}]}'
        "</script>",
    ],
)
def test_the_date_comes_from_metadata(head: str) -> None:
    assert main_text(page(head)).published_at == datetime(2024, 6, 18, 7, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"", b"\0\0", b"<p>x", b"<div>" * 50_000 + b"x", b"plain \xff"])
def test_a_page_without_an_article_gives_its_text(body: bytes) -> None:
    found = main_text(body)
    assert "<" not in found.body
    assert "\0" not in found.body


@settings(max_examples=60, deadline=None)
@given(MARKUP, st.sampled_from([None, "text/html", "text/html; charset=utf-16"]))
def test_no_page_raises_and_no_script_survives(body: bytes, content_type: str | None) -> None:
    for html in (body, page().replace(SENTENCE.encode(), SENTENCE.encode() + body)):
        found = main_text(html, content_type=content_type)
        assert "<script" not in found.body.lower()
        assert "\0" not in found.body
        (found.body + (found.title or "") + (found.author or "")).encode()
