"""Checking a bundle with nothing but the bundle and a key from outside: no database, no server.

Entries lead to leaf hashes, these to tiles, tiles to the root, the root to the signed checkpoint;
payloads lead to the commitments in the entries, evidence to the hashes in the payloads, everything
else to the signed manifest. Nothing is believed that does not end at the key.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from tracker.domain.errors import Disproved, Refused
from tracker.proof import archive as zipped
from tracker.proof.archive import Archive, opened
from tracker.proof.bundle import (
    CHECKPOINT,
    CHECKPOINTS,
    MANIFEST,
    NOTE_BYTES,
    README,
    Manifest,
    checkpoint_path,
    digest_of,
    entries_path,
    payload_path,
    tiles,
)
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.climb import Climb
from tracker.proof.contents import check_contents
from tracker.proof.dumped import check_dumps
from tracker.proof.leaves import Chosen, Found, Part, check
from tracker.proof.ledger import SCHEMA, Ledger
from tracker.proof.note import VerifierKey, open_note
from tracker.proof.paths import tile_path
from tracker.proof.progress import Progress, silent
from tracker.proof.proved import Proved, Stamped
from tracker.proof.scratch import Scratch
from tracker.proof.stamps import last_stamped
from tracker.proof.tree import TILE_WIDTH

_RUN_TILES = 8
_ALONE_BELOW = 50_000
_MOST_PROCESSES = 4


def verify(
    path: Path,
    key: VerifierKey,
    known: Sequence[tuple[str, str]] = (),
    *,
    tsa_roots: bytes | None = None,
    progress: Progress = silent,
    processes: int | None = None,
) -> Proved:
    """Check every byte that a bundle holds; `known` are checkpoints from elsewhere, as (name, note).

    `tsa_roots` are certificates (PEM) of time-stamping authorities that are believed.
    Raises Disproved with the first position or file at which it fails, Refused where the bundle
    cannot be checked: unreadable, empty, or a known checkpoint that this key did not sign.
    """
    try:
        file = path.open("rb")
    except OSError as fault:
        raise Refused(f"{path}: {fault.strerror}") from None
    with file, Scratch(zipped.SCHEMA + SCHEMA) as scratch:
        archive = Archive(file, scratch)
        signed = _signed_checkpoint(archive, key)
        manifest = _manifest(archive, key, signed)
        ledger = Ledger(scratch)
        earlier = _earlier(archive, key, signed, known, ledger)
        chosen = Chosen(
            manifest.until,
            frozenset(manifest.tags),
            manifest.with_evidence,
            with_stamps=tsa_roots is not None,
        )
        runs = _runs(archive, signed.size)
        climb = Climb(archive, ledger)
        for last, found in _checked(path, runs, chosen, ledger, signed.size, processes):
            climb.add(found)
            progress(last, signed.size)
        climb.finish(signed)
        ledger.check_missing()
        evidence = check_contents(archive, manifest, ledger) if manifest.with_evidence else 0
        check_dumps(archive, manifest)
        _check_readme(archive, manifest)
        _check_counts(manifest, ledger, evidence, earlier)
        if stranger := archive.unused():
            raise Disproved(f"{stranger} does not belong into this bundle", file=stranger)
        stamped = last_stamped(ledger, key, tsa_roots) if tsa_roots is not None else None
    return Proved(
        origin=signed.origin,
        events=signed.size,
        root=signed.text.split("\n")[2],
        until=manifest.until,
        tags=manifest.tags,
        payloads=ledger.payloads,
        erased=ledger.missing,
        evidence=evidence,
        checkpoints=earlier + len(known),
        views=tuple(sorted(manifest.views)),
        stamped=stamped,
        proved=_what(stamped),
    )


def _what(stamped: Stamped | None) -> str:
    if stamped is None:
        return "order and integrity proved, time not proved"
    return (
        f"order and integrity proved, and that the first {stamped.events} events were there by"
        f" {stamped.by}; other times are not proved"
    )


def _opened_note(name: str, data: bytes, key: VerifierKey) -> str:
    """The text of a note with one signature, that of the key: no byte of it means nothing."""
    try:
        note = data.decode()
        text = open_note(note, [key])
    except (UnicodeDecodeError, Refused) as wrong:
        raise Disproved(f"{name}: {getattr(wrong, 'message', wrong)}", file=name) from None
    if note[len(text) + 1 :].count("\n") != 1:
        raise Disproved(f"{name}: it has more than one signature", file=name)
    return text


def _parsed(name: str, text: str) -> Checkpoint:
    try:
        return Checkpoint.parse(text)
    except Refused as wrong:
        raise Disproved(f"{name}: {wrong.message}", file=name) from None


def _signed_checkpoint(archive: Archive, key: VerifierKey) -> Checkpoint:
    data = archive.read(CHECKPOINT, NOTE_BYTES)
    signed = _parsed(CHECKPOINT, _opened_note(CHECKPOINT, data, key))
    # Only the text is signed: on a note of another origin the line of the key could be exchanged.
    if signed.origin != key.name:
        reason = f"it is of {signed.origin}, the key of {key.name}"
        raise Disproved(f"{CHECKPOINT}: {reason}", file=CHECKPOINT)
    if signed.size == 0:
        raise Refused("the bundle is empty: no events prove nothing")
    return signed


def _manifest(archive: Archive, key: VerifierKey, signed: Checkpoint) -> Manifest:
    text = _opened_note(MANIFEST, archive.read(MANIFEST, NOTE_BYTES), key)
    try:
        manifest = Manifest.parse(text)
    except Refused as wrong:
        raise Disproved(f"{MANIFEST}: {wrong.message}", file=MANIFEST) from None
    if (manifest.origin, manifest.events) != (signed.origin, signed.size):
        raise Disproved(
            f"{MANIFEST}: it is about {manifest.events} events of {manifest.origin}, the"
            f" checkpoint about {signed.size} of {signed.origin}", file=MANIFEST
        )  # fmt: skip
    return manifest


def _earlier(
    archive: Archive,
    key: VerifierKey,
    signed: Checkpoint,
    known: Sequence[tuple[str, str]],
    ledger: Ledger,
) -> int:
    """Note down the other checkpoints that the tree must agree with; how many are in the bundle."""
    names = archive.below(CHECKPOINTS)
    for name in names:
        one = _parsed(name, _opened_note(name, archive.read(name, NOTE_BYTES), key))
        if name != checkpoint_path(one.size):
            raise Disproved(f"{name}: it is a checkpoint of {one.size} events", file=name)
        ledger.expect(name, one, signed)
    for name, note in known:
        try:
            one = Checkpoint.parse(open_note(note, [key]))
        except Refused as wrong:
            raise Refused(f"{name}: {wrong.message}") from None
        ledger.expect(name, one, signed)
    return len(names)


def _runs(archive: Archive, size: int) -> Iterator[list[Part]]:
    parts = (
        Part(
            tile.number * TILE_WIDTH + 1,
            tile.width,
            archive.take(entries_path(tile)),
            archive.take(tile_path(tile)),
            archive.find(payload_path(tile)),
        )
        for tile in tiles(size)
    )
    while run := list(islice(parts, _RUN_TILES)):
        yield run


def _checked(
    path: Path,
    runs: Iterator[list[Part]],
    chosen: Chosen,
    ledger: Ledger,
    size: int,
    processes: int | None,
) -> Iterator[tuple[int, Found]]:
    """The runs of tiles in order, each with its last position, checked in several processes."""
    jobs = ((run, ledger.within(run[0].first, _last(run))) for run in runs)
    if size < _ALONE_BELOW and processes is None:
        for run, wanted in jobs:
            yield _last(run), check(str(path), run, chosen, wanted)
        return
    count = processes or min(os.cpu_count() or 1, _MOST_PROCESSES)
    # Spawned, so that no thread or open connection of the caller is copied into them.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        under_way: deque[tuple[int, Future[Found]]] = deque()
        try:
            for run, wanted in jobs:
                job = pool.submit(check, str(path), run, chosen, wanted)
                under_way.append((_last(run), job))
                if len(under_way) > 3 * count:
                    last, done = under_way.popleft()
                    yield last, done.result()
            for last, done in under_way:
                yield last, done.result()
        except BrokenProcessPool:
            raise Refused("a process that checked events was ended from outside") from None
        finally:
            pool.shutdown(cancel_futures=True)


def _last(run: list[Part]) -> int:
    return run[-1].first + run[-1].width - 1


def _check_readme(archive: Archive, manifest: Manifest) -> None:
    with closing(opened(archive.file.fileno(), archive.take(README))) as content:
        if digest_of(content) != manifest.files.get(README):
            raise Disproved(f"{README} is not the file that the manifest names", file=README)


def _check_counts(manifest: Manifest, ledger: Ledger, evidence: int, earlier: int) -> None:
    found = {
        "checkpoints": earlier,
        "payloads": ledger.payloads,
        "erased": ledger.missing,
        "evidence": evidence,
    }
    for name, count in found.items():
        said = getattr(manifest, name)
        if said != count:
            raise Disproved(f"{MANIFEST}: {name} is {said}, found are {count}", file=MANIFEST)
