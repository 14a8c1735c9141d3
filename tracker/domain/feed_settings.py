"""What can be set for a feed, when it is added and at any time after."""

from collections.abc import Sequence
from decimal import Decimal as Number
from typing import Any, Literal, Self, get_args

import msgspec

from tracker.domain.base import Command, Event, require
from tracker.domain.fact import Reliability
from tracker.domain.values import Decimal, Id, Language

Article = Literal["auto", "always", "never"]
Setting = Literal[
    "title", "category", "publisher", "reliability", "language", "interval_s", "most_interval_s",
    "spacing_s", "article", "include", "exclude", "trust",
]  # fmt: skip
SETTINGS: tuple[Setting, ...] = get_args(Setting)
PORTABLE: tuple[Setting, ...] = tuple(name for name in SETTINGS if name != "trust")
"""What goes into lists of feeds: whom to trust is not for a list of somebody else's to say."""

_LONGEST_S = 31 * 24 * 3600
_MOST_TERMS = 100
_LONGEST_TERM = 100
LONGEST_NAME = 500
_MOST_STEPS = 10
_MOST_TRUST = 20


class Trust(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which drafts of a feed become facts without a reviewer: a kind, or a rule of an extractor."""

    of: str
    """A type such as `policy-changed`, the name of a rule, or `*` for every draft."""
    confidence: Decimal
    """From how much on, above 0 and up to 1."""

    def covers(self, fact_type: str, rule: str, confidence: str) -> bool:
        """Whether a draft of this kind, by this rule, is trusted."""
        return self.of in ("*", fact_type, rule) and Number(confidence) >= Number(self.confidence)


class FeedEvent(Event, frozen=True, kw_only=True):
    """An event about one feed."""

    feed: Id

    def tags(self) -> tuple[str, ...]:
        """The feed."""
        return (f"feed:{self.feed}",)


class FeedSettings(FeedEvent, frozen=True, kw_only=True):
    """All that is set for a feed, whole; what is None is left to the feed and the program."""

    title: str | None = None
    category: str | None = None
    """Under which the feed is listed, as in `Ministries/Europe`."""
    publisher: str | None = None
    reliability: Reliability | None = None
    language: Language | None = None
    interval_s: int | None = None
    """The least time between two polls."""
    most_interval_s: int | None = None
    """The most, however rarely the feed has anything new."""
    spacing_s: int | None = None
    """The least time between two requests to its host."""
    article: Article | None = None
    include: tuple[str, ...] = ()
    """Where there are any, only an item with one of these terms gives drafts."""
    exclude: tuple[str, ...] = ()
    """An item with one of these terms gives no drafts; all items are kept."""
    trust: tuple[Trust, ...] = ()
    """Which of its drafts are accepted by this rule; none where it is empty."""

    @property
    def article_mode(self) -> Article:
        """Whether the pages of items are fetched too."""
        return self.article or "auto"


class SetFeed(Command, frozen=True, kw_only=True):
    """A command that says what is set for a feed; None says nothing."""

    title: str | None = None
    category: str | None = None
    publisher: str | None = None
    reliability: Reliability | None = None
    language: Language | None = None
    interval_s: int | None = None
    most_interval_s: int | None = None
    spacing_s: int | None = None
    article: Article | None = None
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    trust: tuple[Trust, ...] | None = None

    def normal(self) -> Self:
        """The same with every text on one line, without spaces around it."""
        texts = {
            name: _line(text)
            for name in ("title", "publisher", "category")
            if (text := getattr(self, name)) is not None
        }
        if "category" in texts:
            steps = (_line(step) for step in texts["category"].split("/"))
            texts["category"] = "/".join(step for step in steps if step)
        terms = {
            name: tuple(_line(term) for term in given)
            for name in ("include", "exclude")
            if (given := getattr(self, name)) is not None
        }
        return msgspec.structs.replace(super().normal(), **texts, **terms)

    def asked(self) -> dict[str, Any]:
        """The settings that are given, by name; Refused where one cannot be."""
        given = {name: value for name in SETTINGS if (value := getattr(self, name)) is not None}
        for name in ("title", "publisher", "category"):
            require(
                1 <= len(given.get(name, "-")) <= LONGEST_NAME,
                f"{name}: has 1 to {LONGEST_NAME} characters",
                name,
            )
        require(
            given.get("category", "").count("/") < _MOST_STEPS,
            f"category: at most {_MOST_STEPS} folders deep",
            "category",
        )
        for name in ("interval_s", "most_interval_s", "spacing_s"):
            least = 0 if name == "spacing_s" else 1
            require(
                least <= given.get(name, least) <= _LONGEST_S,
                f"{name}: must be from {least} to {_LONGEST_S} seconds",
                name,
            )
        for name in ("include", "exclude"):
            terms = given.get(name, ())
            require(len(terms) <= _MOST_TERMS, f"{name}: at most {_MOST_TERMS} terms", name)
            require(
                all(1 <= len(term) <= _LONGEST_TERM for term in terms),
                f"{name}: a term has 1 to {_LONGEST_TERM} characters",
                name,
            )
        _refuse_blind(given.get("trust", ()))
        return given


def _refuse_blind(trusts: Sequence[Trust]) -> None:
    """Refuse trust that names nothing, or no confidence that a draft can have."""
    require(len(trusts) <= _MOST_TRUST, f"trust: at most {_MOST_TRUST} lines", "trust")
    for i, trust in enumerate(trusts):
        field = f"trust[{i}]"
        require(
            1 <= len(trust.of) <= _LONGEST_TERM and not trust.of.isspace(),
            f"{field}.of: name a kind of fact, a rule, or *",
            f"{field}.of",
        )
        require(
            0 < Number(trust.confidence) <= 1,
            f"{field}.confidence: must be above 0 and at most 1",
            f"{field}.confidence",
        )


def _line(text: str) -> str:
    return " ".join(text.split())


def refuse_disorder(settings: FeedSettings) -> None:
    """Refuse a least interval above the most."""
    least, most = settings.interval_s, settings.most_interval_s
    require(
        least is None or most is None or least <= most,
        f"most_interval_s: is under the least interval of {least} seconds",
        "most_interval_s",
    )
