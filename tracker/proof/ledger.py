"""What must still be squared while a bundle is checked: checkpoints, erasures, evidence."""

from collections.abc import Callable, Iterator

from tracker.domain.errors import Disproved
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.leaves import Found
from tracker.proof.scratch import Scratch
from tracker.proof.tree import EMPTY_ROOT, TILE_WIDTH

SCHEMA = """
create table expected (size int primary key, root blob, name text);
create table missing (id text, position int);
create table erased (id text primary key, position int) without rowid;
create table content (sha256 text primary key, position int, found int not null default 0)
    without rowid;
create table stamp (size int, note text, token text);
create table erasure (id text primary key, position int) without rowid;
create table gone (sha256 text primary key) without rowid;
"""
EXPECT = "insert or ignore into expected (size, root, name) values (?, ?, ?)"
EXPECTED = "select root, name from expected where size = ?"
WITHIN = "select size from expected where size > ? and size < ? order by size"
MISSING = "insert into missing (id, position) values (?, ?)"
ERASED = """
insert into erased (id, position) values (?, ?)
on conflict do update set position = max(position, excluded.position)
"""
UNEXPLAINED = """
select m.position, m.id from missing m left join erased e on e.id = m.id and e.position > m.position
where e.id is null order by m.position limit 1
"""
CONTENT = "insert or ignore into content (sha256, position) values (?, ?)"
POSITION = "select position from content where sha256 = ?"
FOUND = "update content set found = 1 where sha256 = ?"
GONE = "insert or ignore into gone (sha256) values (?)"
IS_GONE = "select 1 from gone where sha256 = ?"
ERASURE = "insert or ignore into erasure (id, position) values (?, ?)"
CAME_AFTER = """
select 1 from erasure e join content c on c.position > e.position where e.id = ? and c.sha256 = ?
"""
STAMP = "insert into stamp (size, note, token) values (?, ?, ?)"
STAMPS = "select note, token from stamp order by size desc"
UNFOUND = """
select position, sha256 from content where found = 0 and sha256 not in (select sha256 from gone)
order by position, sha256 limit 1
"""
HOW_MANY = "select count(*) from content where found = 1"


class Ledger:
    """What the entries call for, until it is found."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self.payloads = 0
        self.missing = 0
        self.agreed = 0
        """The greatest size at which the tree agreed with another checkpoint."""

    def expect(self, name: str, one: Checkpoint, signed: Checkpoint) -> None:
        """Note a checkpoint that the tree must agree with.

        Raises Disproved where it is of another log, of more events than there are, or where
        another one of the same size has another root.
        """
        if one.origin != signed.origin:
            reason = f"it is of {one.origin}, the bundle of {signed.origin}"
            raise Disproved(f"{name}: {reason}", file=name)
        if one.size > signed.size:
            at = signed.size + 1
            raise Disproved(
                f"position {at}: missing; {name} shows that the log had {one.size} events and"
                f" the bundle has {signed.size}", position=at, file=name,
            )  # fmt: skip
        if one.size == 0 and one.root != EMPTY_ROOT:
            raise Disproved(f"{name}: its root is not that of an empty log", file=name)
        self._scratch.put(EXPECT, [(one.size, one.root, name)])
        root, other = self._scratch.one(EXPECTED, one.size)
        if root != one.root:
            raise Disproved(f"{name} and {other} disagree on {one.size} events", file=name)

    def within(self, first: int, last: int) -> frozenset[int]:
        """The first positions of the tiles between these that a checkpoint falls into."""
        sizes = self.sizes(first - 1, last + 1)
        return frozenset((size - 1) // TILE_WIDTH * TILE_WIDTH + 1 for size in sizes)

    def sizes(self, above: int, below: int) -> list[int]:
        """The sizes of expected checkpoints between two sizes."""
        return [size for (size,) in self._scratch.rows(WITHIN, above, below)]

    def compare(self, size: int, root: Callable[[], bytes]) -> None:
        """Disproved where a checkpoint of this size has another root than the entries."""
        row = self._scratch.one(EXPECTED, size)
        if row is None:
            return
        if row[0] != root():
            after = f"between position {self.agreed + 1} and {size}"
            raise Disproved(
                f"{row[1]}: its root is not that of the first {size} entries; the first fault is"
                f" {after}", position=self.agreed + 1, file=row[1],
            )  # fmt: skip
        self.agreed = size

    def note(self, found: Found) -> None:
        """Note what a run of tiles calls for."""
        self.payloads += found.payloads
        self.missing += len(found.missing)
        self._scratch.put(MISSING, found.missing)
        self._scratch.put(ERASED, found.erased)
        self._scratch.put(CONTENT, found.contents)
        self._scratch.put(GONE, found.gone)
        self._scratch.put(ERASURE, found.erasures)
        self._scratch.put(STAMP, found.stamps)

    def check_missing(self) -> None:
        """Disproved where a payload is missing and no later event says that it was erased."""
        row = self._scratch.one(UNEXPLAINED)
        if row is not None:
            raise Disproved(
                f"position {row[0]}: the payload is missing and no event says that it was erased",
                position=row[0],
            )

    def stamps(self) -> Iterator[tuple[str, str]]:
        """Notes and their time stamps, that of the largest tree first."""
        yield from self._scratch.rows(STAMPS)

    def agrees(self, one: Checkpoint) -> bool:
        """Whether the tree was compared with a checkpoint of this size and root."""
        row = self._scratch.one(EXPECTED, one.size)
        return row is not None and row[0] == one.root

    def position_of(self, sha256: str) -> int | None:
        """The first position that names a content; None where none does."""
        row = self._scratch.one(POSITION, sha256)
        return row and row[0]

    def note_gone(self, sha256: str, event: str) -> bool:
        """Note that a content is erased; whether the event that is named for it may have done it.

        What a document named before an erasure is gone only where the erasure itself says so.
        """
        named = self._scratch.one(IS_GONE, sha256)
        if named is None and self._scratch.one(CAME_AFTER, event, sha256) is None:
            return False
        self._scratch.put(GONE, [(sha256,)])
        return True

    def tick_off(self, sha256: str) -> None:
        """Take down that a content has turned up."""
        self._scratch.rows(FOUND, sha256)

    def first_unfound(self) -> tuple[int, str] | None:
        """Position and SHA-256 of the first content that has not turned up."""
        return self._scratch.one(UNFOUND)

    def contents_found(self) -> int:
        """How many contents have turned up."""
        return self._scratch.one(HOW_MANY)[0]
