"""Files and functions stay small, named for what they are, and say so in a sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import PACKAGES, modules, parsed, text

EVERYWHERE = (*PACKAGES, "tests")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 70
FEWEST_WORDS = 3
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    """Every function of a module, methods and inner functions too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            yield node


def wordless(node: ast.Module | ast.ClassDef) -> bool:
    """Whether a module or class lacks a docstring that could tell anything."""
    return len((ast.get_docstring(node) or "").split()) < FEWEST_WORDS


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    long = {
        str(path): lines
        for path in modules(*EVERYWHERE)
        if (lines := len(text(path).splitlines())) > MAX_FILE_LINES
    }
    assert not long, f"files over {MAX_FILE_LINES} lines: {long}"


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path}:{function.lineno} {function.name}": lines
        for path in modules(*EVERYWHERE)
        for function in functions(path)
        if (lines := (function.end_lineno or function.lineno) - function.lineno + 1)
        > MAX_FUNCTION_LINES
    }
    assert not long, f"functions over {MAX_FUNCTION_LINES} lines: {long}"


def test_every_module_says_what_it_is() -> None:
    silent = [str(path) for path in modules(*EVERYWHERE) if wordless(parsed(path))]
    assert not silent, f"modules without a docstring of a few words: {silent}"


def test_every_class_says_what_it_is() -> None:
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path in modules(*EVERYWHERE)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and wordless(node)
    ]
    assert not silent, f"classes without a docstring of a few words: {silent}"


def test_no_module_is_named_for_nothing_in_particular() -> None:
    vague = [
        str(path) for path in modules(*EVERYWHERE) if SAYS_NOTHING & set(path.with_suffix("").parts)
    ]
    assert not vague, f"name these for what they hold: {vague}"


def test_the_name_of_a_test_is_a_sentence() -> None:
    terse = [
        f"{path}:{function.lineno} {function.name}"
        for path in modules("tests")
        for function in functions(path)
        if function.name.startswith("test_") and len(function.name.split("_")) <= FEWEST_WORDS
    ]
    assert not terse, f"say what holds, in a sentence: {terse}"
