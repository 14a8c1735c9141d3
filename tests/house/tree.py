"""The files of this repository, as the house tests read them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("tracker", "projections", "feeds")


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that is tracked, or would be by `git add .`, relative to the top."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    names = sorted({name for name in listing.stdout.split("\0") if name})
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


@cache
def modules(*tops: str) -> tuple[Path, ...]:
    """The Python files under these top folders, relative to the top."""
    return tuple(
        path for path in repository_files() if path.suffix == ".py" and path.parts[0] in tops
    )


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of one module."""
    return ast.parse(text(path), filename=str(path))


@cache
def text(path: Path) -> str:
    """The text of one file; an empty string for one that is not UTF-8."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
