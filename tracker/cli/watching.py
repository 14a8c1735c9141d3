"""The options by which commands name what to watch."""

from collections.abc import Callable
from typing import Any, TypeVar, get_args

import click
import msgspec

from tracker.domain.catalog import refused, watchable
from tracker.domain.errors import Refused
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.policy import Direction
from tracker.domain.subscription import Option
from tracker.domain.values import IncidentType, checked

F = TypeVar("F", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--destination", "destinations", multiple=True, metavar="CODE"),
    click.option("--nationality", "nationalities", multiple=True, metavar="CODE"),
    click.option("--country", "countries", multiple=True, metavar="CODE"),
    click.option(
        "--type", "types", multiple=True,
        help="Event types, entry-rule or conflict; else changes of entry rules.",
    ),
    click.option("--party", "parties", multiple=True, metavar="ID"),
    click.option("--metric", "metrics", multiple=True),
    click.option("--policy", "policies", multiple=True, metavar="ID"),
    click.option("--entry-rule", "entry_rules", multiple=True, metavar="EC|CN"),
    click.option("--corridor", "corridors", multiple=True, metavar="CN,EC,PA"),
    click.option(
        "--incident-type", "incident_types", multiple=True,
        type=click.Choice(get_args(IncidentType)),
    ),
    click.option("--min-credibility", type=click.IntRange(1, 6), help="1 is confirmed."),
    click.option("--min-origins", type=click.IntRange(1), help="Independent origins."),
    click.option("--words", multiple=True, help="All of them must occur."),
    click.option(
        "--direction", "directions", multiple=True, type=click.Choice(get_args(Direction))
    ),
    click.option("--min-severity", type=click.IntRange(1, 5)),
    click.option("--option", "options", multiple=True, type=click.Choice(get_args(Option))),
)  # fmt: skip


def watching(command: F) -> F:
    """Give a command the options of a filter, as keyword arguments for `wanted`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def wanted(limits: dict[str, Any]) -> Filter:
    """The filter that the options name; Refused where they name nothing."""
    ways = [tuple(way.split(",")) for way in limits.pop("corridors")]
    given = {name: value for name, value in limits.items() if value}
    try:
        found = watchable(msgspec.convert({**given, "corridors": ways}, Filter))
    except msgspec.ValidationError as wrong:
        raise refused(wrong) from None
    if found == Filter():
        raise Refused("name at least one thing to watch, such as --destination EC")
    return found


def paced(text: str | None) -> Pacing | None:
    """The pacing of a JSON object; Refused names the field that is wrong."""
    if text is None:
        return None
    try:
        found = checked(msgspec.json.decode(text, type=Pacing), "pacing.")
    except msgspec.ValidationError as wrong:
        raise refused(wrong) from None
    except msgspec.DecodeError:
        raise Refused("pacing: is not JSON", field="pacing") from None
    found.require_valid()
    return found
