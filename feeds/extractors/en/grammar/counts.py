"""The clauses that count people: who, what they did or what was done to them, and where."""

import re
from functools import cache

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.numbers import Quantity, quantities

At = tuple[int, int]

BARE = frozenset({"people", "persons", "individuals"})
"""Words for people that say nothing of who they are."""

_PEOPLE = (
    r"(?:asylum[\s-]seekers|migrants|nationals|citizens|people|persons|individuals|immigrants"
    r"|refugees|travell?ers|visitors|tourists|foreigners|men,\s+women\s+and\s+children)"
)
_THEY = (
    r"\s+(?:who\s+)?(?:(?:have|had|has|also|already|reportedly|officially|been|legally)\s+){0,3}"
)
_WERE = (
    r"\s+(?:who\s+)?(?:(?:were|was|had\s+been|have\s+been|has\s+been|being)\s+)(?:reportedly\s+)?"
)


class Predicate(msgspec.Struct, frozen=True):
    """What a count counts: the words after the people, the metric, and how a place follows.

    `registered`: the place may be the country that "registered" them. `by_publisher`: those who
    count do it in their own country, so its authority names the place.
    """

    name: str
    words: str
    metric: str
    place: str = ""
    registered: bool = False
    by_publisher: bool = False


# The place follows the words of `place`; where that is empty it may stand anywhere in the clause.
PREDICATES = (
    Predicate("entries", _THEY + r"entered\b", "border-entries", r"\s+"),
    Predicate("arrivals", _THEY + r"arrived\s+(?=in\b|at\b)", "border-entries", r"(?:in|at)\s+"),
    Predicate("exits", _THEY + r"(?:left|departed|exited)\b", "border-exits", r"\s+(?:from\s+)?"),
    Predicate(
        "route", _THEY + r"(?:crossed|traversed|crossing|passed\s+through|traversing)\b(?:\s+through)?"
        r"(?=\s+(?:the\s+)?(?:[A-Z][\w’'-]+\s+|perilous\s+|dangerous\s+|treacherous\s+){0,3}"
        r"(?:Gap|jungle|rainforest|Channel|route|trail|Mediterranean))",
        "transit-crossings", "", registered=True, by_publisher=True,
    ),
    Predicate("arrests", _WERE + r"arrested\b(?=[^;]{0,60}\bborder\b)", "border-arrests",
              by_publisher=True),
    Predicate("apprehensions", _WERE + r"(?:apprehended|intercepted)\b", "border-apprehensions",
              by_publisher=True),
    Predicate("encounters", _WERE + r"encountered\b(?=[^;]{0,60}\bborder\b)", "border-encounters",
              by_publisher=True),
    Predicate(
        "removals", _WERE + r"(?:deported|expelled|repatriated|removed|returned)\b", "removals"
    ),
    Predicate(
        "asylum", _THEY + r"(?:sought|requested|applied\s+for|claimed)\s+(?:political\s+)?asylum\b",
        "asylum-applications",
    ),
    Predicate("overstays", _THEY + r"overstayed\b", "overstays"),
)  # fmt: skip
# What is counted itself, with the people after it: "2,100 asylum applications from Chinese …".
_THINGS = (
    (r"asylum\s+(?:applications|claims|requests)", "asylum-applications"),
    (r"(?:tourist\s+|visitor\s+|entry\s+)?visas", "visas-issued"),
    (r"(?:border\s+)?apprehensions", "border-apprehensions"),
    (r"(?:border\s+)?encounters", "border-encounters"),
    (r"deportations", "removals"),
)
FOLLOWED = re.compile(
    r"\b(?:the\s+)?(?:numbers?|figures?|total|count|arrests|entries|arrivals|crossings|tally)\s+"
    r"(?:then\s+|later\s+|again\s+)?(?:rebounded|rose|climbed|grew|increased|jumped|fell|dropped"
    r"|declined|decreased|went\s+(?:up|down)|recovered|slipped)\s+(?:again\s+|back\s+)?to(?=\s)",
    re.IGNORECASE,
)
_REGISTERS = re.compile(
    r"\s+(?:has\s+|had\s+)?(?:registered|recorded|counted|received|reported|logged|issued|granted|approved|processed)\s+"
    r"(?:an?\s+)?(?:record(?:-breaking|-high)?\s+|total\s+|new\s+)*(?:number\s+)?(?:of\s+)?"
    r"(?:(?:more|fewer|less)\s+than\s+|over\s+|at\s+least\s+|nearly\s+|almost\s+|around\s+"
    r"|about\s+|some\s+|roughly\s+)?"
)
_SHARE_OF = re.compile(
    r"(?:%|\b(?:percent|per\s+cent|half|third|thirds|quarter|one|out))\s+of\s+(?:the\s+)?$"
)
_TAKEN_BACK = re.compile(r"\b(?:revoked|cancel(?:l)?ed|refused|denied|rejected)\b")
_ONE_GROUP = re.compile(
    r"\b(?:group|boat|caravan|crowd|convoy|column)s?\s+(?:of|carrying|with)\s+$"
)
_NO_PEOPLE = re.compile(r"(?=\s+(?:have|had|has)\s+)")


class Count(msgspec.Struct, frozen=True):
    """A clause that counts: its number, its people if it names them, its metric and place."""

    quantity: Quantity
    start: int
    end: int
    metric: str
    metric_at: At
    rule: str
    term: str | None = None
    term_at: At | None = None
    counterpart: str | None = None
    counterpart_at: At | None = None
    place_at: At | None = None
    registrar: tuple[str, At] | None = None
    by_publisher: bool = False


class _Patterns(msgspec.Struct, frozen=True):
    """The clauses that count, built once from the names of all places."""

    people: re.Pattern[str]
    things: tuple[tuple[re.Pattern[str], str], ...]
    predicates: tuple[tuple[Predicate, re.Pattern[str], re.Pattern[str] | None], ...]


@cache
def _patterns() -> _Patterns:
    place = places.pattern_text()
    # "of" stands in "thousands of Chinese citizens", "more" in "1,000 more".
    lead = r"\s+(?:of\s+|more\s+|other\s+)?(?:irregular\s+|undocumented\s+)?"
    people = (
        rf"{lead}(?P<term>(?:(?P<place>{place})\s+)?{_PEOPLE}(?:\s+from\s+(?P<from>{place}))?)\b"
    )
    things = tuple(
        (
            re.compile(
                rf"{lead}(?P<thing>{words})\s+(?:(?:were|was|have\s+been)\s+\w+\s+)?(?:from|by|to|of)"
                rf"\s+(?P<term>(?P<place>{place})(?:\s+{_PEOPLE})?)(?![\w-])"
            ),
            metric,
        )
        for words, metric in _THINGS
    )
    predicates = tuple(
        (p, re.compile(p.words), re.compile(p.place + rf"(?P<place>the\s+country|(?:the\s+)?(?:{place}))")
         if p.place else None)
        for p in PREDICATES
    )  # fmt: skip
    return _Patterns(re.compile(people), things, predicates)


def counts(text: str, start: int, end: int) -> list[Count]:
    """The counting clauses of a sentence, in order."""
    found = [
        count
        for quantity in quantities(text, start, end)
        if (count := _counted(text, start, end, quantity)) is not None
    ]
    # "Of 500 citizens, 300 left" would read twice over the same words.
    return [c for i, c in enumerate(found) if i == 0 or c.quantity.start >= found[i - 1].end]


def _counted(text: str, start: int, end: int, quantity: Quantity) -> Count | None:
    patterns = _patterns()
    if _SHARE_OF.search(text, max(start, quantity.start - 30), quantity.start):
        return None
    if _ONE_GROUP.search(text, max(start, quantity.start - 30), quantity.start):
        return None
    for pattern, metric in patterns.things:
        match = pattern.match(text, quantity.end, end)
        if match and not _TAKEN_BACK.search(match[0]):
            return _of_things(text, start, quantity, match, metric)
    people = patterns.people.match(text, quantity.end, end)
    after = people.end() if people else quantity.end
    if people is None and not _NO_PEOPLE.match(text, after, end):
        return None
    for predicate, words, placed in patterns.predicates:
        match = words.match(text, after, end)
        if match is None:
            continue
        where = placed.match(text, match.end(), end) if placed else None
        # "entered a plea" is no border; "left" needs no object after "34,000 have".
        if placed and where is None and people is not None:
            continue
        named = _named(text, people)
        return Count(
            quantity, quantity.start, where.end() if where else match.end(), predicate.metric,
            (match.start() + len(match[0]) - len(match[0].lstrip()), match.end()),
            f"count-{predicate.name}",
            term=" ".join(people["term"].split()) if people else None,
            term_at=people.span("term") if people else None,
            counterpart=named.code if named else None,
            counterpart_at=(named.start, named.end) if named else None,
            place_at=where.span("place") if where else None,
            registrar=_registrar(text, start, quantity) if predicate.registered else None,
            by_publisher=predicate.by_publisher,
        )  # fmt: skip
    return None


def _of_things(
    text: str, start: int, quantity: Quantity, match: re.Match[str], metric: str
) -> Count | None:  # fmt: skip
    named = _named(text, match)
    return Count(
        quantity, quantity.start, match.end(), metric, match.span("thing"), "count-things",
        term=" ".join(match["term"].split()), term_at=match.span("term"),
        counterpart=named.code if named else None,
        counterpart_at=(named.start, named.end) if named else None,
        registrar=_registrar(text, start, quantity),
    )  # fmt: skip


def _named(text: str, match: re.Match[str] | None) -> places.Place | None:
    if match is None:
        return None
    for group in ("place", "from"):
        if match.groupdict().get(group):
            return places.place_at(text, match.start(group), match.end(group))
    return None


def _registrar(text: str, start: int, quantity: Quantity) -> tuple[str, At] | None:
    """The country in "Panama registered 520,000 migrants crossing …"."""
    for place in places.places(text, start, quantity.start):
        if (
            place.kind == "name"
            and place.is_country
            and _REGISTERS.fullmatch(text, place.end, quantity.start)
        ):
            return place.code, (place.start, place.end)
    return None
