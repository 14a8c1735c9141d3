"""`make eval`: what became of the drafts that the extractors propose for the sample's reports.

Accepted is what the sample's reviewer made a fact of, as it stood or edited; the rest was left
waiting as doubtful. A labelled corpus will say how much is missed; these reports cannot.
"""

from collections import Counter

from rich.console import Console
from rich.table import Table

from feeds.extract import drafts
from feeds.parse import parse_bytes
from tracker.sample import DECISIONS, feed_xml


def main() -> None:
    """Read the sample's feed as a poll would, and count."""
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
    made = Table("kind", "proposed", "accepted", "as it stood", "precision", box=None)
    for kind in sorted(proposed):
        share = f"{accepted[kind] / proposed[kind]:.2f}"
        made.add_row(kind, str(proposed[kind]), str(accepted[kind]), str(unedited[kind]), share)
    Console(width=100).print(made)


if __name__ == "__main__":
    main()
