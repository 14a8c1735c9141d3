"""The rooms that only compute neither ask the time, nor roll dice, nor touch a file."""

import ast
from pathlib import Path

from tests.house.tree import PACKAGES, modules, parsed

PURE = (
    "tracker/domain", "projections/views", "projections/alerts/match.py",
    "projections/dump.py", "projections/lines.py", "projections/columns.py", "projections/replay.py", "feeds/extractors",
    "tracker/proof/bundle.py", "tracker/proof/levels.py", "tracker/proof/checkpoint.py", "tracker/proof/note.py", "tracker/proof/paths.py",
    "tracker/proof/tree.py",
)  # fmt: skip
# Imports are import-linter's business; these can be reached through modules that are pure too.
IMPURE_CALLS = {
    "now", "utcnow", "today", "time", "monotonic", "uuid1", "uuid4", "uuid7", "open", "print",
    "input", "urlopen",
}  # fmt: skip


def called(node: ast.Call) -> str:
    """The last name of what is called: `now` for `datetime.now(UTC)`."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def is_pure(path: Path) -> bool:
    """Whether a module lies in one of the rooms that only compute."""
    return any(path == Path(room) or Path(room) in path.parents for room in PURE)


def test_a_pure_room_asks_neither_clock_nor_dice_nor_disk() -> None:
    impure = [
        f"{path}:{node.lineno} {called(node)}()"
        for path in modules(*PACKAGES)
        if is_pure(path)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and called(node) in IMPURE_CALLS
    ]
    assert not impure, f"pass these in instead: {impure}"
