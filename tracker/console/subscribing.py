"""The form of a subscription: what it watches and at what pace, as fields and back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar, get_args

import msgspec

from projections.nouns import Nouns
from tracker.console.places import place
from tracker.console.site import whom
from tracker.console.watching import CREDIBILITY, OPTION_WORDS, TYPE_WORDS
from tracker.domain.catalog import BY_TYPE, refused, watchable
from tracker.domain.countries import country_name
from tracker.domain.errors import Refused
from tracker.domain.filter import Filter
from tracker.domain.metrics import METRICS
from tracker.domain.pacing import Pacing, Rhythm, Weekday
from tracker.domain.policy import Direction, Severity
from tracker.domain.subscription import Option
from tracker.domain.values import IncidentType, checked, nationality, ruled

T = TypeVar("T", bound=msgspec.Struct)
Shape = Literal["text", "lines", "number", "choice", "marks"]
Part = Literal["first", "more", "pace"]
_NEAR = len(TYPE_WORDS)


class Choice(msgspec.Struct, frozen=True):
    """One of several values, and what it is called."""

    value: str
    label: str
    chosen: bool = False


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the form; of marks each choice is a field `name.value` of its own."""

    name: str
    label: str
    shape: Shape
    part: Part
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    value: str = ""

    @property
    def filled(self) -> bool:
        """Whether anything is set."""
        return bool(self.value) or any(choice.chosen for choice in self.choices)

    @property
    def near(self) -> list[Choice]:
        """The choices that are seen at once: the first ones, and what is chosen."""
        return [c for i, c in enumerate(self.choices) if i < _NEAR or c.chosen]

    @property
    def far(self) -> list[Choice]:
        """The other choices."""
        return [c for c in self.choices[_NEAR:] if not c.chosen]


def _choices(values: Iterable[Any], words: Mapping[Any, str] | None = None) -> tuple[Choice, ...]:
    known = words or {}
    return tuple(Choice(str(v), known.get(v, str(v).replace("-", " "))) for v in values)


_SEVERITY = _choices(get_args(Severity), {1: "1, hardly noticed", 5: "5, nobody may enter"})
_TYPES = _choices((*TYPE_WORDS, *(t for t in BY_TYPE if t not in TYPE_WORDS)), TYPE_WORDS)
FIELDS = (
    Field(name="destinations", label="Entering", shape="text", part="first",
          hint="Ecuador, Colombia"),
    Field(name="nationalities", label="Passport of", shape="text", part="first",
          hint="China, EU or * for everybody"),
    Field(name="countries", label="Touching", shape="text", part="first",
          hint="any of these countries, in any part"),
    Field(name="types", label="What", shape="marks", part="first",
          hint="Without a mark, changes of entry rules", choices=_TYPES),
    Field(name="directions", label="Direction", shape="marks", part="more",
          choices=_choices(get_args(Direction))),
    Field(name="min_severity", label="Severity from", shape="choice", part="more",
          choices=_SEVERITY),
    Field(name="entry_rules", label="Single rules", shape="lines", part="more",
          hint="EC|CN, one a line"),
    Field(name="corridors", label="Ways", shape="lines", part="more",
          hint="China, Ecuador, Panama: one way a line"),
    Field(name="parties", label="People and bodies", shape="lines", part="more",
          hint="one name a line"),
    Field(name="words", label="Words", shape="lines", part="more",
          hint="of one line all must occur"),
    Field(name="incident_types", label="Incidents", shape="marks", part="more",
          choices=_choices(get_args(IncidentType))),
    Field(name="metrics", label="Figures", shape="marks", part="more",
          choices=_choices(METRICS, {key: metric.name for key, metric in METRICS.items()})),
    Field(name="policies", label="Policies", shape="lines", part="more", hint="ids, one a line"),
    Field(name="min_credibility", label="Credibility from", shape="choice", part="more",
          choices=_choices(CREDIBILITY, CREDIBILITY)),
    Field(name="min_origins", label="Independent origins", shape="number", part="more",
          hint="at least so many"),
    Field(name="digest", label="Digest", shape="choice", part="pace",
          choices=_choices(get_args(Rhythm))),
    Field(name="digest_at", label="Digest at", shape="text", part="pace", hint="08:00"),
    Field(name="digest_on", label="Weekly on", shape="choice", part="pace",
          choices=_choices(get_args(Weekday))),
    Field(name="quiet_from", label="Quiet from", shape="text", part="pace", hint="22:00"),
    Field(name="quiet_to", label="Quiet to", shape="text", part="pace", hint="07:00"),
    Field(name="zone", label="On the clock of", shape="text", part="pace",
          hint="UTC, or as in America/Guayaquil"),
    Field(name="group_s", label="Together within", shape="number", part="pace", hint="seconds"),
    Field(name="most_per_hour", label="At most an hour", shape="number", part="pace",
          hint="the rest comes as a summary"),
    Field(name="muted_until", label="Muted until", shape="text", part="pace",
          hint="2026-12-24, or with a time"),
    Field(name="weekly_note", label="Weekly note", shape="choice", part="pace",
          choices=(Choice("off", "none"),)),
    Field(name="weekly_note_on", label="Note on", shape="choice", part="pace",
          choices=_choices(get_args(Weekday))),
    Field(name="weekly_note_at", label="Note at", shape="text", part="pace", hint="09:00"),
    Field(name="passing_severity", label="Always at once from", shape="choice", part="pace",
          choices=_SEVERITY),
)  # fmt: skip
OPTIONS = Field(name="options", label="Options", shape="marks", part="pace",
                choices=_choices(get_args(Option), OPTION_WORDS))  # fmt: skip
_PACE = tuple(f for f in FIELDS if f.part == "pace" and not f.name.startswith("quiet_"))


def typed(fields: Mapping[str, str]) -> list[Field]:
    """The form with what somebody typed into it."""
    return [_typed(field, fields) for field in (*FIELDS, OPTIONS)]


def _typed(field: Field, fields: Mapping[str, str]) -> Field:
    value = fields.get(field.name, "")
    chosen = tuple(
        msgspec.structs.replace(c, chosen=f"{field.name}.{c.value}" in fields or c.value == value)
        for c in field.choices
    )
    return msgspec.structs.replace(field, choices=chosen, value=value)


def as_typed(
    watched: Filter,
    options: Sequence[str],
    pacing: Pacing | None,
    names: Mapping[str, str],
) -> dict[str, str]:
    """What somebody would have typed for what is set."""
    told: dict[str, Any] = {
        **msgspec.to_builtins(watched),
        **msgspec.to_builtins(pacing or Pacing()),
        "options": options,
        "destinations": map(country_name, watched.destinations),
        "countries": map(country_name, watched.countries),
        "nationalities": [n if n == "*" else _who(n) for n in watched.nationalities],
        "corridors": [", ".join(map(country_name, way)) for way in watched.corridors],
        "parties": [names.get(party, party) for party in watched.parties],
    }
    found: dict[str, str] = {}
    if pacing and not pacing.weekly_note:
        told["weekly_note"] = "off"
    if pacing and pacing.quiet:
        found = {"quiet_from": pacing.quiet.begins, "quiet_to": pacing.quiet.ends}
    for field in (*FIELDS, OPTIONS):
        value = told.get(field.name)
        if value is None:
            continue
        if field.shape == "marks":
            found |= {f"{field.name}.{one}": "on" for one in value}
        elif isinstance(value, str | int):
            found[field.name] = str(value)
        else:
            found[field.name] = (", " if field.shape == "text" else "\n").join(value)
    return found


def _who(code: str) -> str:
    said = whom(code)
    return code if said.endswith("(group)") else said


async def filter_of(fields: Mapping[str, str], nouns: Nouns) -> Filter:
    """The filter that the form asks for; Refused where it asks for nothing or names what is not."""
    given: dict[str, Any] = {
        "destinations": _each(fields, "destinations", ",", _country),
        "countries": _each(fields, "countries", ",", _country),
        "nationalities": _each(fields, "nationalities", ",", _nationality),
        "entry_rules": _each(fields, "entry_rules", "\n", _as_it_is),
        "corridors": [
            [_country(one, "corridors") for one in way.split(",") if one.strip()]
            for way in _each(fields, "corridors", "\n", _as_it_is)
        ],
        "parties": [
            (await nouns.party(name)).party for name in _each(fields, "parties", "\n", _as_it_is)
        ],
        "policies": _each(fields, "policies", "\n", _as_it_is),
        "words": _each(fields, "words", "\n", _as_it_is),
        **{name: marked(fields, name) for name in ("types", "directions", "incident_types")},
        "metrics": marked(fields, "metrics"),
        **{name: _number(fields, name) for name in
           ("min_severity", "min_credibility", "min_origins")},
    }  # fmt: skip
    found = watchable(_converted({k: v for k, v in given.items() if v not in (None, [])}, Filter))
    if found == Filter():
        raise Refused(
            "Name at least one thing to watch, such as the country entered", field="filter"
        )
    return found


def pacing_of(fields: Mapping[str, str]) -> Pacing | None:
    """The pacing that the form asks for; None where each alert is sent at once."""
    given: dict[str, Any] = {}
    for field in _PACE:
        text = fields.get(field.name, "").strip()
        if text:
            numeric = field.shape == "number" or field.name == "passing_severity"
            given[field.name] = _number(fields, field.name) if numeric else text
    if given.get("weekly_note") == "off":
        given["weekly_note"] = False
    begins, ends = fields.get("quiet_from", "").strip(), fields.get("quiet_to", "").strip()
    if bool(begins) != bool(ends):
        raise Refused("quiet: say when it begins and when it ends", field="quiet")
    if begins:
        given["quiet"] = {"from": begins, "to": ends}
    if not given:
        return None
    found = checked(_converted(given, Pacing), "pacing.")
    found.require_valid()
    return found


def options_of(fields: Mapping[str, str]) -> tuple[Option, ...]:
    """The options that are marked."""
    return tuple(option for option in get_args(Option) if f"options.{option}" in fields)


def marked(fields: Mapping[str, str], name: str) -> list[str]:
    """The values of a field that are marked."""
    return [key.removeprefix(f"{name}.") for key in fields if key.startswith(f"{name}.")]


def _converted(given: dict[str, Any], struct: type[T]) -> T:
    try:
        return msgspec.convert(given, struct)
    except msgspec.ValidationError as wrong:
        raise refused(wrong) from None


def _each(
    fields: Mapping[str, str], name: str, between: str, read: Callable[[str, str], str]
) -> list[str]:
    parts = fields.get(name, "").split(between)
    return list(dict.fromkeys(read(part.strip(), name) for part in parts if part.strip()))


def _as_it_is(text: str, field: str) -> str:
    return text


def _country(text: str, field: str) -> str:
    return place(text, field) or ""


def _nationality(text: str, field: str) -> str:
    try:
        return place(text, field) or ""
    except Refused:
        return ruled(nationality, text.removesuffix("(group)").strip(), field)


def _number(fields: Mapping[str, str], name: str) -> int | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused(f"{name}: {text[:40]!r} is not a whole number", field=name)
    return int(text)
