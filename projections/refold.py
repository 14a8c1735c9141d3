"""Folding the events of a bundle again, and comparing the rows with the dumps beside them.

It needs no database: the folds are the ones that serve, the state is in memory.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import msgspec

from projections.collector import unswept
from projections.dump import load, row_line, state_hash, tables_of
from projections.rows import Rows, getter
from projections.shares import ALONE_BELOW, at_once, effort, shares
from projections.view import Row, View
from tracker.domain.base import Event, Recorded
from tracker.domain.catalog import BY_TYPE
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Refused
from tracker.log.envelope import recorded
from tracker.proof.bundle import SOFTWARE, ViewDump
from tracker.proof.dumped import Contents, contents
from tracker.proof.progress import Progress, silent

Comparable = tuple[View, ViewDump]

_SAMPLED_TILES = 16
_TOLD_EVERY = 256
_SHOWN_CHARACTERS = 200


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """How the dump of a view compares with what the log gives."""

    view: str
    outcome: Literal["equal", "differs", "not compared"]
    position: int | None = None
    """The last event that was folded."""
    rows: int | None = None
    """In the dump."""
    reason: str | None = None


def refold(
    path: Path,
    views: Sequence[View],
    progress: Progress = silent,
    *,
    processes: int | None = None,
) -> list[Compared]:
    """Compare every dump of a bundle with the rows that its events give, view by view.

    The bundle is believed to be whole: check it first. Large ones are folded in several processes.
    """
    with contents(path) as bundle:
        known = {view.name: view for view in views}
        compared = [
            Compared(view=name, outcome="not compared", reason=f"no dump: {reason}")
            for name, reason in bundle.manifest.views_left_out.items()
        ]
        comparable: list[Comparable] = []
        for name, dumped in bundle.manifest.views.items():
            if reason := _strange(known.get(name), dumped):
                compared.append(_not_compared(name, dumped, reason))
            else:
                comparable.append((known[name], dumped))
        count = processes or (at_once() if bundle.size >= ALONE_BELOW else 1)
        kinds = _kinds(bundle) if count > 1 else Counter[type[Event]]()
        parts = shares(comparable, lambda some: effort([view for view, _ in some], kinds), count)
    compared += _side_by_side(path, parts, progress)
    return sorted(compared, key=lambda one: one.view)


class _Typed(msgspec.Struct, frozen=True, gc=False):
    """Of an entry only what kind of event it is of."""

    type: str


_typed = msgspec.json.Decoder(_Typed)


def _kinds(bundle: Contents) -> Counter[type[Event]]:
    """How many events of each kind are in a sample."""
    names = (_typed.decode(leaf).type for leaf in bundle.sample(_SAMPLED_TILES))
    return Counter(BY_TYPE[name] for name in names if name in BY_TYPE)


def _side_by_side(
    path: Path, parts: Sequence[Sequence[Comparable]], progress: Progress
) -> list[Compared]:
    """Fold a share of the views in each process; the first share is folded here."""
    if len(parts) < 2:
        return [one for part in parts for one in compare(path, part, progress)]
    # Spawned, so that no thread or open connection of the caller is copied into them.
    with ProcessPoolExecutor(len(parts) - 1, mp_context=get_context("spawn")) as pool:
        under_way = [pool.submit(compare, path, part) for part in parts[1:]]
        found = compare(path, parts[0], progress)
        try:
            return found + [one for job in under_way for one in job.result()]
        except BrokenProcessPool:
            raise Refused("a process that folded events was ended from outside") from None


def compare(
    path: Path, comparable: Sequence[Comparable], progress: Progress = silent
) -> list[Compared]:
    """Compare some dumps of a bundle in this process."""
    with contents(path) as bundle, unswept():
        foldings = _folded(bundle, comparable, progress)
        return [_compared(bundle, folding) for folding in foldings]


def _strange(view: View | None, dumped: ViewDump) -> str | None:
    if view is None:
        return "this tracker has no view of this name"
    if view.version != dumped.version:
        return f"dumped by version {dumped.version} of the view, this tracker has {view.version}"
    return None


def _not_compared(name: str, dumped: ViewDump, reason: str) -> Compared:
    return Compared(
        view=name, outcome="not compared", position=dumped.position, rows=dumped.rows, reason=reason
    )


class _Folding:
    """A view on its way to the position of its dump."""

    def __init__(self, view: View, dumped: ViewDump) -> None:
        self.view = view
        self.dumped = dumped
        self.until = dumped.position
        self.rows = Rows(whole=True, noted=False)
        self.failed: str | None = None

    def stumble(self, position: int, fault: Exception) -> None:
        """Go on without an event that the fold cannot take, or end here."""
        if not self.view.skips:
            self.failed = f"its fold cannot take event {position}: {fault!r}"
            self.until = 0


def _folded(
    bundle: Contents, comparable: Sequence[Comparable], progress: Progress
) -> list[_Folding]:
    """Fold all events; again from the first where the payload of an erased one was still here."""
    erased = frozenset[str]()
    while True:
        foldings = [_Folding(view, dumped) for view, dumped in comparable]
        gone, targets = _fold_without(bundle, foldings, erased, progress)
        if targets <= gone | erased:
            return foldings
        erased |= targets


def _fold_without(
    bundle: Contents, foldings: Sequence[_Folding], erased: frozenset[str], progress: Progress
) -> tuple[set[str], set[str]]:
    """Fold all events but erased ones; the ids that have no payload, and those of erased events."""
    gone, targets = set[str](), set[str]()
    by_type: dict[type[Event], list[_Folding]] = {}
    last = max((folding.until for folding in foldings), default=0)
    for one in events(bundle, last):
        event = one.event
        if event is None:
            gone.add(str(one.id))
            continue
        if isinstance(event, PayloadErased):
            targets.update(event.targets)
        concerned = by_type.get(type(event))
        if concerned is None:
            concerned = [f for f in foldings if issubclass(type(event), f.view.events)]
            by_type[type(event)] = concerned
        if erased and str(one.id) in erased:
            continue
        for folding in concerned:
            if one.position <= folding.until:
                try:
                    folding.rows.fold(folding.view, one)
                except Exception as fault:  # noqa: BLE001  what a fold raises is about its view alone
                    folding.stumble(one.position, fault)
        if not one.position % _TOLD_EVERY:
            progress(one.position, last)
    return gone, targets


def events(bundle: Contents, until: int) -> Iterator[Recorded]:
    """The events of a bundle up to a position; Refused where one cannot be read."""
    for position, (leaf, payload) in enumerate(bundle.events(), 1):
        if position > until:
            return
        try:
            yield recorded(leaf, payload)
        except msgspec.DecodeError as wrong:
            raise Refused(f"position {position}: the event cannot be read: {wrong}") from None


def _compared(bundle: Contents, folding: _Folding) -> Compared:
    name, dumped = folding.view.name, folding.dumped
    if folding.failed:
        return _not_compared(name, dumped, folding.failed)
    position, rows = dumped.position, dumped.rows
    if state_hash(tables_of(folding.view, folding.rows)) == dumped.state_hash:
        return Compared(view=name, outcome="equal", position=position, rows=rows)
    reason = difference(folding.view, folding.rows, bundle.dump(name))
    code = bundle.manifest.software
    if code != SOFTWARE:
        return _not_compared(name, dumped, f"dumped by {code}, this is {SOFTWARE}, and {reason}")
    return Compared(view=name, outcome="differs", position=position, rows=rows, reason=reason)


def difference(view: View, rows: Rows, lines: Iterable[bytes]) -> str:
    """The first row in which a dump is not what the log gives, in words."""
    rank = {row: number for number, row in enumerate(view.rows)}

    def place(row: Row) -> tuple[int, Any]:
        return rank[type(row)], getter(type(row).ordered_by())(row)

    folded = (row for _, some in tables_of(view, rows) for row in some)
    try:
        for pair in zip_longest((row for _, row in load(lines, view.rows)), folded):
            told: Row | None = pair[0]
            given: Row | None = pair[1]
            if told and given and row_line(told) == row_line(given):
                continue
            if told and given and place(told) == place(given):
                return f"{_named(told)}: {_columns(told, given)}"
            if told and (given is None or place(told) < place(given)):
                return f"{_named(told)}: the log gives no such row"
            if given:
                return f"{_named(given)}: the log gives this row and the dump does not have it"
    except Refused as wrong:
        return f"the dump cannot be read: {wrong.message}"
    return "the rows are those that the log gives, but not written as a dump is"


def _named(row: Row) -> str:
    key = ", ".join(f"{name}={getattr(row, name)}" for name in row.key)
    return f"{row.table} ({key})"


def _columns(told: Row, given: Row) -> str:
    sides = [(n, _text(getattr(told, n)), _text(getattr(given, n))) for n in told.__struct_fields__]
    return "; ".join(
        f"{name} is {_shown(mine)} in the dump and {_shown(other)} by the log"
        for name, mine, other in sides
        if mine != other
    )


def _text(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
