"""A log that was exported, for all who check it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.tracker_process import answer, kept, tracker
from tests.tracker.cli.auditing import PAGE, QUOTE


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A log with a document and a fact that cites it."""
    with kept(tmp_path_factory.mktemp("export") / "data") as folder:
        _fill(folder)
        yield folder


def _fill(folder: Path) -> None:
    page = folder.parent / "page.txt"
    page.write_text(PAGE)
    added = answer(folder, "document", "add", str(page), "--url", "https://example.org/a?b=<c>",
                   "--title", "<i>Suspended</i>", "--published", "2024-06-18")  # fmt: skip
    tracker(
        folder, "record", "policy", "--destination", "EC", "--nationality", "CN",
        "--regime", "visa-free", "--action", "suspended", "--announced-on", "2024-06-18",
        "--effective-from", "2024-07-01", "--document", added["document"], "--quote", QUOTE,
    )  # fmt: skip
    tracker(folder, "checkpoint")


@pytest.fixture(scope="module")
def key(data: Path) -> Path:
    """The verifier key in a file, as it is handed to an auditor."""
    path = data.parent / "key"
    path.write_text(tracker(data, "checkpoint", "--key"))
    return path


@pytest.fixture(scope="module")
def bundle(data: Path, key: Path) -> Path:
    """The whole log as a bundle."""
    path = data.parent / "whole.zip"
    tracker(data, "export", str(path))
    return path
