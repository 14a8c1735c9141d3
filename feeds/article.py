"""When the page behind an item is worth fetching, and what of it takes the place of the item's text.

Pure functions of the item, the page and what is set for the feed.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from feeds.items import RawItem, compose
from feeds.page import PageText
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.feed_settings import Article, FeedSettings
from tracker.domain.values import instant

Version = DocumentReceived | DocumentRevised

SHORT_CHARS = 500
"""A text under this says less than a page would."""
_CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.)\]|\b(?:read|see) (?:more|on)|\bcontinue reading\b[^.\n]{0,200})"
    r"[\s»>→.\])]*\Z",
    re.IGNORECASE,
)


def wants_page(item: RawItem, mode: Article) -> bool:
    """Whether an item's page is to be fetched: always, never, or as its text is short or cut off."""
    if mode == "never" or item.url is None or not item.url.startswith(("http://", "https://")):
        return False
    return mode == "always" or is_teaser(item.text[item.body_start :])


def is_teaser(body: str) -> bool:
    """Whether a text is short, or breaks off."""
    return len(body) < SHORT_CHARS or _CUT_OFF.search(body[-SHORT_CHARS:]) is not None


def says_more(page: PageText, body: str) -> bool:
    """Whether a page has more to say than the text of the item; a notice or a wall has not."""
    return len(page.body) > len(body)


def article(known: Version, page: PageText) -> RawItem:
    """The item with the text of its page; its title stays the one that the feed gave."""
    title = known.title or page.title
    text, start = compose(title, page.body)
    return as_item(known, text, start, language=page.language)


def as_item(
    known: Version, text: str, body_start: int | None = None, *, language: str | None = None
) -> RawItem:
    """The item of a version on record, with a text of it."""
    if body_start is None:
        headed = known.title is not None and text.startswith(f"{known.title}\n\n")
        body_start = len(known.title or "") + 2 if headed else 0
    return RawItem(
        text=text,
        body_start=body_start,
        title=known.title,
        url=known.url,
        guid=known.guid,
        author=known.author,
        publisher=known.publisher,
        language=known.language or language,
        published_at=instant(known.published_at) if known.published_at else None,
    )


def is_wanted(item: RawItem, settings: FeedSettings | None) -> bool:
    """Whether the terms of a feed let an item be read for drafts; whatever they say, it is kept."""
    if settings is None:
        return True
    text = item.text.casefold()
    if _any(settings.exclude, text):
        return False
    return not settings.include or _any(settings.include, text)


def named_terms(item: RawItem, settings: FeedSettings | None) -> tuple[str, ...]:
    """The terms of a feed for the sake of which an item is read."""
    text = item.text.casefold()
    return tuple(t for t in (settings.include if settings else ()) if _any([t], text))


def _any(terms: Sequence[str], text: str) -> bool:
    """Whether a term stands in the text as words of its own, whatever the case and the spaces."""
    return any(_pattern(term).search(text) for term in terms)


@cache
def _pattern(term: str) -> re.Pattern[str]:
    words = term.casefold().split()
    inner = r"\s+".join(map(re.escape, words))
    before, after = _edge(words[0][0], r"(?<!\w)"), _edge(words[-1][-1], r"(?!\w)")
    return re.compile(before + inner + after)


def _edge(character: str, boundary: str) -> str:
    # Nothing separates words in scripts without case, Chinese for one.
    return "" if unicodedata.category(character) == "Lo" else boundary
