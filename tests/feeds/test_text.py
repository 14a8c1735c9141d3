"""HTML and plain text reduced to what is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text import one_line, plain, to_text
from tests.feeds.test_parse import MARKUP


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
        ("a <b>bo</b>ld\n  word&nbsp;&amp;c", "a bold word &c"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<ul><li>1<li>2</ul>", "1\n\n2"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("x<script>evil()</script><style>p{}</style><!-- no -->y", "xy"),
        ("a\0b\ud800c\u200bd\xade", "abcde"),
        ("&lt;script&gt; and/script &lt;&lt;script", "script> and/script script"),
        ("", ""),
    ],
)
def test_html_becomes_paragraphs(html: str, text: str) -> None:
    assert to_text(html) == text


def test_plain_text_keeps_its_angle_brackets_and_paragraphs() -> None:
    assert plain(" 5 < 6\nand  7 > 3\n \n\nnext ") == "5 < 6 and 7 > 3\n\nnext"


def test_a_title_is_one_line() -> None:
    assert one_line(" a\n\u202fb\0 ") == "a b"
    assert one_line("https://e.org/<script>x()</script>") == "https://e.org/script>x()script>"


@pytest.mark.parametrize("tag", ["<div>", "<b><i>", "<table><tr><td>", "<a <div>"])
def test_markup_nested_without_end_still_gives_its_words(tag: str) -> None:
    assert to_text(tag * 50_000 + "word").split()[-1] == "word"


@given(MARKUP.map(lambda raw: raw.decode("utf-8", "surrogatepass")) | st.text())
def test_no_input_raises_and_no_script_survives(html: str) -> None:
    for text in (to_text(html), plain(html)):
        assert "<script" not in text.lower()
        text.encode()
        assert "\0" not in text
    assert to_text(html) == to_text(html)
