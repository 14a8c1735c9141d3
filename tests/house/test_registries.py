"""A file of a registered kind has its line in the registry; nothing is found by scanning."""

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.tree import modules, parsed


@dataclass(frozen=True)
class Registry:
    """A literal tuple, the folder whose files it lists, and those files that are not of the kind."""

    tuple_name: str
    home: str
    folder: str
    support: frozenset[str] = frozenset()

    def candidates(self) -> list[Path]:
        """The files that must each have a line in the tuple."""
        return [
            path
            for path in modules(self.folder.split("/")[0])
            if path.parent.match(self.folder)
            and path.stem != "__init__"
            and path != Path(self.home)
            and path.stem not in self.support
        ]


# `support` names the modules of a folder that serve its nouns and are no noun themselves. Keep it
# short: what is not in it must be registered.
REGISTRIES = (
    Registry("VIEWS", "projections/__init__.py", "projections/views"),
    Registry("CHANNELS", "projections/alerts/__init__.py", "projections/alerts/channels"),
    Registry("EXTRACTORS", "feeds/extract.py", "feeds/extractors/*"),
    Registry(
        "ROUTES",
        "tracker/api/__init__.py",
        "tracker/api",
        frozenset(
            {
                "access",
                "bodies",
                "described",
                "formats",
                "measuring",
                "methods",
                "once",
                "paging",
                "problems",
                "rates",
                "reading",
                "standing",
                "streaming",
                "unchanged",
                "writing",
            }
        ),
    ),
    Registry(
        "PAGES",
        "tracker/console/__init__.py",
        "tracker/console",
        frozenset(
            "account atlas charts clocks drafting facets feed_settings headers lines looks "
            "passages places problems quoting readable site sources strip subscribed "
            "subscribing trying visits watching wording".split()
        ),
    ),
    Registry(
        "COMMANDS",
        "tracker/cli/__init__.py",
        "tracker/cli",
        frozenset({"feed_access", "nouns", "opml", "sample", "session", "watching", "writing"}),
    ),
)


def module_name(path: Path) -> str:
    """The dotted name of a module's file."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def entries(path: Path, tuple_name: str) -> set[str]:
    """The names that stand in the literal tuple, at any depth; none where there is no tuple."""
    for node in parsed(path).body:
        if isinstance(node, ast.AnnAssign):
            targets, value = [node.target], node.value
        elif isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == tuple_name for target in targets):
            assert isinstance(value, ast.Tuple), f"{tuple_name} in {path} is a literal tuple"
            return {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
    return set()


def origins(path: Path) -> dict[str, set[str]]:
    """For each name that a module imports: the modules that it may stand for or come from."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                bound = alias.asname or alias.name
                found[bound] = {node.module, f"{node.module}.{alias.name}"}
    return found


def registered_modules(home: Path, tuple_name: str) -> set[str]:
    """The modules from which at least one entry of the tuple was imported."""
    imported = origins(home)
    return set[str]().union(*(imported.get(name, set()) for name in entries(home, tuple_name)))


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.tuple_name)
def test_every_file_has_its_line_in_the_registry(registry: Registry) -> None:
    registered = registered_modules(Path(registry.home), registry.tuple_name)
    forgotten = [str(path) for path in registry.candidates() if module_name(path) not in registered]
    assert not forgotten, f"add a line to {registry.tuple_name} in {registry.home}: {forgotten}"


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.tuple_name)
def test_a_support_module_is_not_registered_as_well(registry: Registry) -> None:
    registered = registered_modules(Path(registry.home), registry.tuple_name)
    folder = registry.folder.replace("/", ".")
    both = {name for name in registry.support if f"{folder}.{name}" in registered}
    assert not both, f"registered, so no longer support: {both}"


def event_classes() -> dict[str, Path]:
    """The concrete events of the domain: below `Event`, with nothing below themselves."""
    bases: dict[str, set[str]] = {}
    where: dict[str, Path] = {}
    for path in modules("tracker"):
        if path.parent != Path("tracker/domain"):
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef):
                where[node.name] = path
                bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    events = {"Event"}
    while more := {name for name, above in bases.items() if above & events} - events:
        events |= more
    inner = set[str]().union(*bases.values())
    return {name: where[name] for name in sorted(events - inner - {"Event"})}


def test_every_event_has_its_line_in_the_catalogue() -> None:
    home = Path("tracker/domain/catalog.py")
    events = event_classes()
    listed = entries(home, "EVENTS") if events else set[str]()
    forgotten = [f"{name} ({path})" for name, path in events.items() if name not in listed]
    assert not forgotten, f"add a line to EVENTS in {home}: {forgotten}"
