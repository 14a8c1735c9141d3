"""What may lie in the repository, and what none of its files may say."""

import re
from pathlib import Path

from tests.house.tree import ROOT, repository_files, text

TOP_LEVEL = {
    ".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md",
    "SECURITY.md", "deploy", "docs", "feeds", "projections", "pyproject.toml", "tests", "tracker",
}  # fmt: skip

# Written in two halves, so that this file does not contain what it looks for.
NOTES_TO_SELF = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
REGISTRIES = (
    "pypi" + ".org", "python" + "hosted", "registry.npm" + "js", "npm" + "js.com",
    "deb." + "debian.org", "crates" + ".io", "proxy.go" + "lang.org", "docker" + ".io",
)  # fmt: skip
INDEX_LINES = ("--" + "index-url", "--" + "extra-index-url", "--" + "find-links")

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def files_that_say(words: tuple[str, ...]) -> list[str]:
    """Where one of these words stands, as path:line."""
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in words))
    return [
        f"{path}:{number}"
        for path in repository_files()
        for number, line in enumerate(text(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def test_the_top_level_holds_only_the_agreed_names() -> None:
    strangers = {path.parts[0] for path in repository_files()} - TOP_LEVEL
    assert not strangers, f"these do not belong at the top: {sorted(strangers)}"


def test_nobody_leaves_a_note_to_do_it_later() -> None:
    assert not files_that_say(NOTES_TO_SELF)


def test_no_file_names_a_package_registry() -> None:
    found = [
        f"{path}: {word}"
        for path in repository_files()
        for word in (*REGISTRIES, *INDEX_LINES)
        if word in text(path)
    ]
    assert not found, f"where packages come from is each machine's own affair: {found}"


def test_every_pinned_package_has_a_hash() -> None:
    for lock in Path("deploy").glob("requirements*.txt"):
        pins = re.split(r"\n(?=\S)", text(Path(lock)).strip())
        assert pins
        bare = [
            pin.splitlines()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin
        ]
        assert not bare, f"{lock}: {bare}"


def test_every_link_between_documents_leads_somewhere() -> None:
    dangling = [
        f"{path}: {target}"
        for path in repository_files()
        if path.suffix == ".md"
        for target in LINK.findall(text(path))
        if "://" not in target and not target.startswith("mailto:")
        if not (ROOT / path.parent / target).exists()
    ]
    assert not dangling, f"links to nothing: {dangling}"
