"""A bar for work that takes a while, where somebody is watching."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

Progress = Callable[[int, int], None]
"""Told how much of how much is done."""


def silent(done: int, total: int) -> None:
    """Tell nobody."""


@contextmanager
def progress_bar(what: str) -> Generator[Progress]:
    """A bar on standard error if that is a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
