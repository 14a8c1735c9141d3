"""Where facts come from in the end: the last hop of every citation, and how many that are."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from tracker.domain.values import Citation


class Origin(msgspec.Struct, frozen=True, gc=False):
    """The end of a chain of attribution.

    `official` is the issuer itself, `named` whoever the chain ends with. Where it names nobody
    beyond those who published it, the origin is `unattributed`: the name is then the publisher's,
    None where not even that is known, and it never counts as an independent origin.
    """

    name: str | None
    kind: Literal["official", "named", "unattributed"]


def origins(citations: Iterable[Citation]) -> tuple[str, ...]:
    """The distinct agents at the end of the chains; the document's id where a chain is empty.

    Two outlets that repeat one report have one origin.
    """
    ends = [c.attribution[-1].agent if c.attribution else c.document for c in citations]
    return tuple(dict.fromkeys(ends)) if len(ends) > 1 else tuple(ends)


def classed(citations: Iterable[Citation]) -> tuple[Origin, ...]:
    """The distinct origins of the citations, each with its class."""
    if isinstance(citations, tuple) and len(citations) == 1:
        return (_end(citations[0]),)
    return tuple(dict.fromkeys(_end(c) for c in citations))


def _end(citation: Citation) -> Origin:
    if not citation.attribution:
        return Origin(None, "unattributed")
    last = citation.attribution[-1]
    if last.official:
        return Origin(last.agent, "official")
    return Origin(last.agent, "unattributed" if last.relation == "published" else "named")


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """A name as it is matched: without case, accents and surplus spaces."""
    parts = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in parts if not unicodedata.combining(c))
    return " ".join(plain.split()).casefold()


def identities(
    found: Iterable[Origin], identify: Callable[[str], str] = name_key
) -> frozenset[str]:
    """Who the origins are, without the unattributed; `identify` may know a name's party."""
    return frozenset(identify(o.name) for o in found if o.name and o.kind != "unattributed")


def independent(
    by_fact: Mapping[str, Sequence[Origin]],
    identify: Callable[[str], str] = name_key,
    same: Iterable[tuple[str, str]] = (),
) -> tuple[Origin, ...]:
    """One origin for each source that speaks for itself; their number is what counts.

    `by_fact` is event → its origins, `same` pairs of events that an analyst holds to have one
    origin. An unattributed report adds none.
    """
    whose: dict[str, str] = {}

    def root(who: str) -> str:
        while whose.setdefault(who, who) != who:
            who = whose[who]
        return who

    for a, b in same:
        if a in by_fact and b in by_fact:
            joined = sorted(identities((*by_fact[a], *by_fact[b]), identify))
            for who in joined[1:]:
                whose[root(who)] = root(joined[0])
    found: dict[str, Origin] = {}
    for origin in (o for listed in by_fact.values() for o in listed):
        if origin.name and origin.kind != "unattributed":
            who = root(identify(origin.name))
            if who not in found or (origin.kind == "official" != found[who].kind):
                found[who] = origin
    return tuple(found.values())
