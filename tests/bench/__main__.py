"""`make bench`, `make bench AREA=log`: one JSON object a line, then a table for people."""

import sys
import tempfile
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from tests.bench import alerts, delivering, doors, feeds, log, pages, rules, views
from tests.bench.row import Row
from tracker.embedded import embedded

AREAS = {
    "log": log.rows,
    "views": views.rows,
    "rules": rules.rows,
    "feeds": feeds.rows,
    "alerts": alerts.rows,
    "delivering": delivering.rows,
    "doors": doors.rows,
    "pages": pages.rows,
}


def main() -> None:
    """Run the areas asked for, all of them by default, on one embedded PostgreSQL with fsync."""
    wanted = sys.argv[1:] or list(AREAS)
    unknown = [name for name in wanted if name not in AREAS]
    if unknown:
        sys.exit(f"There is no area {unknown[0]!r} to measure; there are {', '.join(AREAS)}.")
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "data") as server:
        for name in wanted:
            for row in AREAS[name](server):
                print(msgspec.json.encode(row).decode(), flush=True)
                found.append(row)
    Console(width=120).print(table(found))


def table(rows: list[Row]) -> Table:
    """The rows for people."""
    made = Table("area", "work", "ours", "unit", "peer", "ratio", box=None)
    for row in rows:
        peer = f"{row.peer:,.0f} ({row.peer_name})" if row.peer else ""
        made.add_row(
            row.area, row.work, f"{row.ours:,.0f}" if row.ours >= 10 else f"{row.ours:.2f}", row.unit, peer,
            f"{row.ratio:.1f}×" if row.ratio else "",
        )  # fmt: skip
    return made


if __name__ == "__main__":
    main()
