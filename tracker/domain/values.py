"""The small typed values that facts are made of, each with one rule of what is well-formed.

A field declares its kind by its type (`Country`, `Edtf`, `Decimal` …); `checked` walks an event
and passes every such field through its rule, which returns the normal form or raises Refused
with the field's path. A new event type gets its checks from its annotations alone.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_type_hints
from uuid import UUID

import msgspec
from msgspec import Meta

from tracker.domain import edtf
from tracker.domain.countries import country_code
from tracker.domain.errors import Refused
from tracker.domain.groups import group_name, jurisdiction

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")

Country = Annotated[str, Meta(extra={"kind": "country"})]
Nationality = Annotated[str, Meta(extra={"kind": "nationality"})]
Jurisdiction = Annotated[str, Meta(extra={"kind": "jurisdiction"})]
Edtf = Annotated[str, Meta(extra={"kind": "edtf"})]
Day = Annotated[str, Meta(extra={"kind": "day"})]
Instant = Annotated[str, Meta(extra={"kind": "instant"})]
Decimal = Annotated[str, Meta(extra={"kind": "decimal"})]
Id = Annotated[str, Meta(extra={"kind": "id"})]
Party = Annotated[str, Meta(extra={"kind": "party"})]
Url = Annotated[str, Meta(extra={"kind": "url"})]
Sha256 = Annotated[str, Meta(extra={"kind": "sha256"})]
Language = Annotated[str, Meta(extra={"kind": "language"})]
Tag = Annotated[str, Meta(extra={"kind": "tag"})]

Regime = Literal[
    "freedom-of-movement", "visa-free", "visa-free-suspended", "eta", "e-visa",
    "visa-on-arrival", "visa-required", "entry-ban", "conditional", "unknown",
]  # fmt: skip
Requires = Literal["nothing", "eta", "e-visa", "visa", "not-admitted", "unknown"]
PassportType = Literal[
    "unspecified", "ordinary", "diplomatic", "official", "service", "emergency", "travel-document"
]
Purpose = Literal[
    "unspecified", "tourism", "business", "transit", "study", "work", "family", "medical", "other"
]
Comparator = Literal["=", "~", "<~", ">", ">=", "<", "<=", "range"]
Precision = Literal["exact", "locality", "region", "country"]
IncidentType = Literal[
    "smuggling", "trafficking", "extortion", "robbery", "kidnapping", "sexual-violence", "killing",
    "armed-clash", "attack", "detention", "mistreatment", "expulsion", "persecution", "fraud",
    "accident", "drowning", "disappearance", "protest", "border-closure", "other",
]  # fmt: skip

REQUIRES: dict[str, Requires] = {
    "freedom-of-movement": "nothing",
    "visa-free": "nothing",
    "visa-free-suspended": "visa",
    "eta": "eta",
    "e-visa": "e-visa",
    # A visa is needed; the regime says that it is issued at the border.
    "visa-on-arrival": "visa",
    "visa-required": "visa",
    "entry-ban": "not-admitted",
    "conditional": "unknown",
    "unknown": "unknown",
}
# Where the code without its hyphens would not be the field's word.
_REGIME_WORDS: dict[str, str] = {
    "visa-free": "visa-free",
    "visa-free-suspended": "visa-free entry suspended",
    "eta": "ETA",
    "e-visa": "e-visa",
}
# What follows from a regime without any source having said it.
IMPLIED: dict[str, str] = {"visa-free-suspended": "visa-required"}


def regime_words(regime: str) -> str:
    """A regime within a sentence; one that is new is called by its code."""
    return _REGIME_WORDS.get(regime) or regime.replace("-", " ")


class Hop(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One step of an attribution chain, from the document back towards the origin."""

    agent: str
    relation: Literal["published", "quotes", "cites", "translates", "summarises"]
    basis: Literal["stated", "inferred"]
    cue: str | None = None
    official: bool = False
    work_title: str | None = None
    work_date: Edtf | None = None
    work_url: Url | None = None


class Citation(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """Where a document says it: W3C text quote and text position selectors, and the chain.

    `start` and `end` are offsets in code points into the stored text; whoever records a fact may
    leave them out, and then the first place where the document has the quote is meant.
    """

    document: Id
    quote: str
    url: Url | None = None
    start: int | None = None
    end: int | None = None
    prefix: str | None = None
    suffix: str | None = None
    attribution: tuple[Hop, ...] = ()
    text_sha256: Sha256 | None = None
    """The version that has the quote, where the document said it no more when it was cited."""


_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_DECIMAL = re.compile(r"(-?)(\d{1,30})(?:\.(\d{1,10}))?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_INTEGER, _MOST_ITEMS = 2**53 - 1, 100_000


def storable(text: str) -> str:
    """Text of a stranger as the database takes it: no NUL and no half characters."""
    return _NOT_TEXT.sub("\ufffd", text)


def instant(text: str) -> datetime:
    """The UTC moment of an ISO date-time; a bare date means the end of that day, UTC."""
    try:
        if len(text) <= 10:
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise Refused(f"{text!r} has no time zone: add Z or an offset")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(f"{text!r} is not a date or an ISO 8601 time") from None


def instant_text(moment: datetime) -> str:
    """UTC with six decimals always, as in the leaf."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _instant(text: str) -> str:
    moment = instant(text)
    return moment.date().isoformat() if len(text) <= 10 else instant_text(moment)


def day(text: str) -> date:
    """A calendar day written as 2024-06-18."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is not a day that exists (write 2024-06-18)") from None


def nationality(text: str) -> str:
    """A country code, a named group or `*`, in its normal form."""
    if text.strip() == "*":
        return "*"
    try:
        return country_code(text)
    except Refused:
        try:
            return group_name(text)
        except Refused:
            raise Refused(f"{text!r} is neither a country code nor a known group nor *") from None


def _edtf(text: str) -> str:
    edtf.bounds(text)
    return text


def _decimal(text: str) -> str:
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise Refused(f"{text!r} is not a plain decimal number (write 66000 or 3.5)")
    sign, whole, fraction = match.groups("")
    fraction = fraction.rstrip("0")
    number = (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
    return number if number == "0" else sign + number


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise Refused(f"{text!r} is not an id (a UUID)") from None


def _party(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= 200:
        raise Refused("a party is an id or a name of 1 to 200 characters")
    return name.lower() if _UUID.fullmatch(name) else name


def _pattern(pattern: str, what: str) -> Callable[[str], str]:
    def rule(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise Refused(f"{text[:80]!r} is not {what}")
        return text

    return rule


RULES: dict[str, Callable[[str], str]] = {
    "country": country_code,
    "nationality": nationality,
    "jurisdiction": jurisdiction,
    "edtf": _edtf,
    "day": lambda text: day(text).isoformat(),
    "instant": _instant,
    "decimal": _decimal,
    "id": _id,
    "party": _party,
    "url": _pattern(r"(https?|file|urn):\S{1,2000}", "a web address (http or https)"),
    "sha256": _pattern(r"[0-9a-f]{64}", "a SHA-256 in lower-case hexadecimal"),
    "language": _pattern(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag (BCP 47)"),
    "tag": _pattern(r"[a-z]+:[A-Za-z0-9-]+", "a tag (kind:id)"),
}


def kind_of(annotation: Any) -> str | None:
    """The kind that an annotation declares, looking through optionals and tuples."""
    for meta in getattr(annotation, "__metadata__", ()):
        if isinstance(meta, Meta) and meta.extra:
            return meta.extra.get("kind")
    return next((k for a in get_args(annotation) if (k := kind_of(a))), None)


@cache
def kinds(cls: type[msgspec.Struct]) -> dict[str, str | None]:
    """Field → kind for a struct, None where the field is plain."""
    hints = get_type_hints(cls, include_extras=True)
    return {name: kind_of(hints[name]) for name in cls.__struct_fields__}


def checked(struct: S, path: str = "") -> S:
    """The struct with every field in normal form; Refused names the first field that is wrong."""
    changed: dict[str, Any] = {}
    wire = struct.__struct_encode_fields__
    for (name, kind), written in zip(kinds(type(struct)).items(), wire, strict=True):
        old = getattr(struct, name)
        new = checked_value(old, kind, f"{path}{written}")
        if new is not old and new != old:
            changed[name] = new
    return msgspec.structs.replace(struct, **changed) if changed else struct


def checked_value(value: Any, kind: str | None, path: str) -> Any:
    """A value, and what is within it, in the normal form of its kind."""
    match value:
        case str():
            return _checked_text(value, kind, path)
        case tuple() | list():
            items = cast("Sequence[Any]", value)
            if len(items) > _MOST_ITEMS:
                raise Refused(f"{path}: has more than {_MOST_ITEMS} items", field=path)
            found = (checked_value(item, kind, f"{path}[{i}]") for i, item in enumerate(items))
            return list(found) if isinstance(items, list) else tuple(found)
        case dict():
            pairs = cast("dict[Any, Any]", value)
            for key in pairs:
                # Only for ASCII is every canonical form of JSON in the same order.
                if not (isinstance(key, str) and key.isascii() and key.isprintable()):
                    raise Refused(f"{path}: the key {key!r} is not plain ASCII", field=path)
            return {k: checked_value(v, kind, f"{path}.{k}") for k, v in pairs.items()}
        case msgspec.Struct():
            return checked(value, f"{path}.")
        case int() if abs(value) > _INTEGER:
            raise Refused(f"{path}: {value} is too large a number, write it as text", field=path)
        case None | bool() | int() | UUID():
            return value
        case _:
            what = type(value).__name__  # a float has several spellings in JSON
            raise Refused(f"{path}: a {what} cannot be stored, write it as text", field=path)


def _checked_text(value: str, kind: str | None, path: str) -> str:
    if _NOT_TEXT.search(value):
        raise Refused(f"{path}: has a NUL or half a character in it", field=path)
    return value if kind is None else ruled(RULES[kind], value, path)


def ruled(rule: Callable[[str], T], text: str, field: str) -> T:
    """What a rule makes of a text; Refused names the field."""
    try:
        return rule(text)
    except Refused as wrong:
        raise Refused(f"{field}: {wrong.message}", field=field) from None
