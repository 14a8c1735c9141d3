"""What every command shares: where the data is, how answers are printed, how errors end it."""

import functools
import os
import sys
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
import msgspec
import uvloop
from rich.console import Console
from rich.table import Table

from tracker.domain.errors import Refused
from tracker.domain.values import ruled
from tracker.settings import Settings, settings_from
from tracker.wiring import parts_of, server_for

T = TypeVar("T")
Command = Callable[..., Awaitable[None]]

ID_LENGTH = 36
_UNBOUNDED = 10_000
"""Columns where no terminal has a width: a row is one line for the program that reads it."""


class Out:
    """Prints an answer as a table for people or as JSON for programs."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _UNBOUNDED
        self._console = Console(highlight=False, soft_wrap=True, width=width)

    def answer(self, value: Any, people: Callable[[], object]) -> None:
        """Print the value as JSON if that was asked for, else what `people` makes of it."""
        if self.as_json:
            text = msgspec.json.encode(value, enc_hook=str)
            click.echo(msgspec.json.format(text, indent=2).decode())
        else:
            made = people()
            if made is not None:
                self._console.print(made, markup=False)

    def say(self, sentence: str) -> None:
        """A line for people; programs do not get it."""
        if not self.as_json:
            self._console.print(sentence, markup=False)


def table(title: str | None, *columns: str, ids: Collection[str] = ()) -> Table:
    """An empty table in the house style; the columns in `ids` are never broken, for copying."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        width = ID_LENGTH if column in ids else None
        made.add_column(column, overflow="fold", no_wrap=column in ids, min_width=width)
    return made


def minute(moment: str | datetime) -> str:
    """A time to the minute, UTC; a bare day or a position stays what it is."""
    if isinstance(moment, str):
        if "T" not in moment:
            return moment
        moment = datetime.fromisoformat(moment)
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def chosen_settings(data: str | None) -> Settings:
    """The settings of the environment; a data folder named on the command line wins."""
    settings = settings_from(os.environ)
    if data is None:
        return settings
    return msgspec.structs.replace(settings, data=data, database_url=None)


data_option = click.option(
    "--data", metavar="DIR", help="Data folder of the embedded database (else TRACKER_DATA)."
)

migrate_option = click.option(
    "--migrate", "migrates", is_flag=True, help="Bring the database to this version first."
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def read_by(rule: Callable[[str], T]) -> Callable[..., T | None]:
    """Reads an argument or option, and refuses it before a log is opened, or made."""

    def read(_: click.Context, parameter: click.Parameter, text: str | None) -> T | None:
        if not text and not parameter.required:
            return None
        return ruled(rule, text or "", str(parameter.name))

    return read


def with_parts(command: Command) -> Callable[..., None]:
    """Open the log for a command, which is called as command(parts, out, **options)."""

    @data_option
    @json_option
    @functools.wraps(command)
    def run(data: str | None, as_json: bool, **options: Any) -> None:
        settings = chosen_settings(data)
        if settings.database_url is None and not (settings.data_dir() / "postgres").exists():
            click.echo(
                f"There was no log in {settings.data_dir()}: an empty one is made.", err=True
            )

        async def opened() -> None:
            # A server of somebody else's is brought to a version by `tracker migrate` alone.
            own = settings.database_url is None
            async with parts_of(settings, url_for, migrates=own) as parts:
                await command(parts, Out(as_json), **options)

        with server_for(settings) as url_for:
            uvloop.run(opened())

    return run


def json_from(text: str) -> dict[str, Any]:
    """A JSON object given on the command line or in a file."""
    try:
        value: Any = msgspec.json.decode(text)
    except msgspec.DecodeError as wrong:
        raise Refused(f"that is no JSON: {wrong}") from None
    if not isinstance(value, dict):
        raise Refused("a JSON object is needed, with the fields of the fact")
    return value  # pyright: ignore[reportUnknownVariableType]  any JSON object
