"""Counts of people crossing borders, however the sentence is built: a number, whom, and what.

    "resettled 96,900 refugees"   "650 Omani nationals are detained in Chile"   "300 deportations"

What is counted must be of the field by itself (refugees, visas, deportations) or by what happens
to it. The toll of one happening is no statistic: such words count only with a period, or in a tense
that sums up.
"""

import re

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.numbers import Quantity
from feeds.extractors.en.grammar.tally import (
    BEEN,
    RISEN,
    STANDS,
    STATES,
    SUMS_UP,
    TOGETHER,
    At,
    Side,
    Tally,
    clause_end,
    counting,
    is_of_field,
    last_people,
    people_of,
    plain,
)
from feeds.extractors.en.grammar.tally_terms import (
    PEOPLES,
    ROUTES,
    Act,
)


def tally(
    text: str, start: int, end: int, quantity: Quantity, of_field: bool = False
) -> Tally | None:
    """What a number of a sentence counts, if that is of the field.

    `of_field` says that the text around the sentence is, where the sentence itself has no word of it.
    """
    patterns = counting()
    stop = clause_end(text, quantity.end, end)
    for pattern, metric in patterns.things:
        if match := pattern.match(text, quantity.end, stop):
            if of_field or is_of_field(text, start, end):
                refused = metric in _REFUSABLE and _is_refused(text, start, match, quantity, stop)
                made = _made(text, start, end, quantity, match,
                             "visas-refused" if refused else metric, None, "tally-things")  # fmt: skip
                return _with_whom(made, text, match.end(), stop)
            return None
    for pattern, metric in patterns.field:
        if match := pattern.match(text, quantity.end, stop):
            act = _act(text, start, quantity, match.end(), stop)
            rule = f"tally-{act[0].name}" if act else "tally-field"
            return _made(
                text, start, end, quantity, match, act[0].metric if act else metric, act, rule
            )
    risen = _risen(text, start, quantity)
    if risen:
        return risen
    match = patterns.neutral.match(text, quantity.end, stop)
    if match is None or not _is_of_people(text, match):
        return None
    act = _act(text, start, quantity, match.end(), stop)
    if act is None:
        return None
    if not (act[0].scoped or _is_told_of_field(text, start, end, stop, act[0], match, of_field)):
        return None
    return _made(text, start, end, quantity, match, act[0].metric, act, f"tally-{act[0].name}")


_REFUSABLE = frozenset({"visas-issued", "other"})
_REFUSED = r"(?:refused|denied|rejected|revoked|cancel(?:l)?ed|turned\s+down|withdrawn)"
_REFUSED_BEFORE = re.compile(rf"\b{_REFUSED}\s+(?:\w+\s+){{0,2}}$")
_REFUSED_AFTER = re.compile(
    rf"[^,;.]{{0,40}}?\b(?:were|was|been|being)\s+(?:\w+ly\s+)?{_REFUSED}\b"
)


def _is_refused(text: str, start: int, match: re.Match[str], quantity: Quantity, stop: int) -> bool:
    if "visa" not in match["term"].lower():
        return False
    return (
        _REFUSED_BEFORE.search(text, start, quantity.start) is not None
        or _REFUSED_AFTER.match(text, match.end(), stop) is not None
    )


def _is_told_of_field(
    text: str, start: int, end: int, stop: int, act: Act, match: re.Match[str], of_field: bool
) -> bool:
    """Whether an act that may be anybody's is done here by or to people who cross borders."""
    if act.metric in _MOVES and _abroad(text, start, stop, match):
        return True
    if act.metric in _AT_SEA:
        # Near a border people die of much else.
        return ROUTES.search(text, start, end) is not None
    # Arrests beside a report on migrants may be anybody's.
    return (of_field and not act.happening) or is_of_field(text, start, end)


_AT_SEA = frozenset({"deaths", "rescues"})
_MOVES = frozenset({
    "border-entries", "border-exits", "irregular-crossings", "resettlements", "migrants", "detentions",
    "removals",
})  # fmt: skip
_GUESTS = re.compile(r"\b(?:tourists|visitors|passengers|students|pilgrims|guests)\b")
# After a people that is no plural must come what no adjective has behind it.
_NO_NOUN = re.compile(
    r"\s*(?:[,.;)]|$)|\s+(?:have|has|had|were|are|who|in|from|to|into|at|and|across|with|without|since|on)\b"
)


def _is_of_people(text: str, match: re.Match[str]) -> bool:
    """Whether a bare demonym names people: "900 Cubans", "900 Chinese in …", not "900 Chinese goods"."""
    people = match["people"]
    if people is None:
        return True
    place = places.place_at(text, *match.span("people"))
    if place is None or place.kind != "adjective":
        return False
    plural = people.endswith("s") and not people.endswith("ss")
    return plural or _NO_NOUN.match(text, match.end()) is not None


_STATELESS = re.compile(rf"(?:{PEOPLES})$")


def _abroad(text: str, start: int, stop: int, match: re.Match[str]) -> bool:
    """Whether people of one country are told of beside the name of another."""
    who = people_of(text, match.span("term"))
    if _GUESTS.search(match["term"]):
        return False
    if who is None and not _STATELESS.search(match["term"]):
        return False
    return any(
        p.is_country and p.kind == "name" and not (who and p.code == who.code)
        for p in places.places(text, start, stop)
    )


_WHOM = re.compile(r"\s+(?:\w+\s+)?(?:by|from|of|to|for|among)\s+(?=(?P<of>(?:[\w’'-]+\s*){1,4}))")


def _with_whom(counted: Tally, text: str, at: int, stop: int) -> Tally:
    """Acts that are counted have people if the text names them: "9,000 visas to Cuban nationals"."""
    after = _WHOM.match(text, at, stop)
    named = last_people(text, after.start("of"), after.end("of")) if after else None
    inside = counted.counterpart
    if named is None:
        return msgspec.structs.replace(counted, term=None, counterpart=inside)
    term, term_at, who = named
    return msgspec.structs.replace(counted, term=term, term_at=term_at, counterpart=who or inside)


def _risen(text: str, start: int, quantity: Quantity) -> Tally | None:
    """A subject that is counted by its verb: "the number of refugees has risen to 70m"."""
    patterns = counting()
    low = max(start, quantity.start - 150)
    number_of = RISEN.search(text, low, quantity.start)
    if number_of:
        at = number_of.span("term")
        for group in (patterns.things, patterns.field):
            for pattern, metric in group:
                if match := pattern.match(f" {number_of['term']}"):
                    at = (at[0], at[0] + match.end() - 1)
                    counted = _subject(text, quantity, at, metric, "tally-number-of")
                    people = group is patterns.field
                    return counted if people else _with_whom(counted, text, at[1], quantity.start)
        neutral = patterns.neutral.match(f" {number_of['term']}")
        act = neutral and _act(text, start, quantity, at[0] + neutral.end() - 1, at[1])
        if neutral and act and act[0].scoped:
            at = (at[0], act[1].end())
            return _subject(text, quantity, at, act[0].metric, "tally-number-of")
    for pattern, metric in patterns.subjects:
        if match := pattern.search(text, low, quantity.start):
            at = match.span("term")
            counted = _subject(text, quantity, at, metric, "tally-subject")
            return _with_whom(counted, text, at[1], quantity.start)
    return None


def _subject(text: str, quantity: Quantity, at: At, metric: str, rule: str) -> Tally:
    term = plain(text[at[0] : at[1]])
    return Tally(
        quantity, term, at, metric, at, rule, quantity.end, people_of(text, at), False, None, True
    )


# "… and 900 have fled"
def _act(
    text: str, start: int, quantity: Quantity, after: int, stop: int
) -> tuple[Act, re.Match[str], Side] | None:
    """The nearest act behind those counted, else the one right before the number."""
    before = [
        (match.end(), act, match)
        for act, pattern in counting().acts
        for match in pattern.finditer(text, max(start, quantity.start - 40), quantity.start)
    ]
    at, act, match = max(before, key=lambda found: found[0], default=(start, None, None))
    if act and match and text[at : quantity.start].strip() in ("", "to", "from", "of"):
        return act, match, "before"
    behind = [
        (match.start(), act, match)
        for act, pattern in counting().acts
        if (match := pattern.search(text, after, min(stop, after + 60)))
    ]
    if behind:
        _, act, match = min(behind, key=lambda found: found[0])
        return act, match, "after"
    if act and match and not re.search(r"[,;.]", text[at : quantity.start]):
        return act, match, "before"
    return None


def _made(
    text: str, start: int, end: int, quantity: Quantity, match: re.Match[str], metric: str,
    act: tuple[Act, re.Match[str], Side] | None, rule: str,
) -> Tally:  # fmt: skip
    at = match.span("term")
    verb = act[1].start() if act else quantity.start
    head = text[max(start, min(verb, quantity.start) - 40) : verb]
    stands = act is None or not act[0].happening or act[0].name in STATES
    return Tally(
        quantity,
        plain(match["term"]),
        at,
        metric,
        act[1].span() if act else at,
        rule,
        max(match.end(), act[1].end() if act else 0),
        people_of(text, at),
        act is not None and act[0].happening,
        act[2] if act else None,
        SUMS_UP.search(head) is not None
        or (stands and STANDS.search(head) is not None)
        or SUMS_UP.search(text[max(start, quantity.start - 40) : quantity.start]) is not None
        or BEEN.match(text, match.end()) is not None
        or TOGETHER.search(text, start, end) is not None,
    )
