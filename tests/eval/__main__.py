"""`make eval`: how well the extractors read three collections of texts.

First our own corpus, whose facts are known. Then the sample's reports: accepted is what their
reviewer made a fact of, as it stood or edited; the rest was left waiting as doubtful. Last a
labelled corpus of real reports, where one lies beside this folder (`../shared/corpus`) with the
program that scores it; nothing of it is kept here.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from feeds.extract import drafts
from feeds.parse import parse_bytes
from tests.bench.extraction import Paper, events
from tests.eval.corpus import tallies, texts
from tracker.sample import DECISIONS, feed_xml

_LABELLED = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def main() -> None:
    """Read all three, and print a table for each."""
    console = Console(width=100)
    console.print(_own())
    console.print(_sample())
    if _LABELLED.is_dir():
        console.print(_labelled(_LABELLED), markup=False)


def _own() -> Table:
    every = list(texts())
    empty = sum(1 for text in every if not text.facts)
    title = f"{len(every)} texts of our own, {empty} of them without any fact"
    made = Table("kind", "right", "wrong", "missed", "precision", "recall", "fields right",
                 title=title, title_justify="left", box=None)  # fmt: skip
    for kind, tally in sorted(tallies(every).items()):
        made.add_row(kind, str(tally.right), str(tally.wrong), str(tally.missed),
                     f"{tally.precision:.2f}", f"{tally.recall:.2f}",
                     f"{tally.fields_right}/{tally.fields}")  # fmt: skip
    return made


def _sample() -> Table:
    """The sample's feed, read as a poll would."""
    parsed = parse_bytes(feed_xml("https://sample.invalid"))
    proposed: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    unedited: Counter[str] = Counter()
    for item in parsed.items:
        for draft in drafts(item, "01a1ffcc-4f46-7c5c-9b71-7b90fa44b481"):
            kind = draft.fact_type
            proposed[kind] += 1
            fitting = [d for d in DECISIONS if d.fits(item.guid or "", kind, draft.fact)]
            accepted[kind] += bool(fitting)
            unedited[kind] += any(not d.edits for d in fitting)
    made = Table("kind", "proposed", "accepted", "as it stood", "precision",
                 title="the sample's reports", title_justify="left", box=None)  # fmt: skip
    for kind in sorted(proposed):
        share = f"{accepted[kind] / proposed[kind]:.2f}"
        made.add_row(kind, str(proposed[kind]), str(accepted[kind]), str(unedited[kind]), share)
    return made


def _labelled(corpus: Path) -> str:
    """What the corpus's own program says of our events."""
    with tempfile.NamedTemporaryFile("wb", suffix=".jsonl") as file:
        for path in sorted((corpus / "docs").glob("*.json")):
            paper = msgspec.json.decode(path.read_bytes(), type=Paper)
            file.write(msgspec.json.encode({"id": paper.id, "events": events(paper)}) + b"\n")
        file.flush()
        words = [sys.executable, str(corpus / "score.py"), str(corpus), file.name]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
