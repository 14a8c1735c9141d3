"""`tracker checkpoint` and `tracker proof`, run as people run them, checked by somebody else."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path

import metamorphic_log
import pytest

from tests.stories.tracker_process import answer, kept, tracker, up
from tracker.proof.tree import leaf_hash


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A log of a few facts."""
    with kept(tmp_path_factory.mktemp("checkpoint") / "data") as folder:
        assert "nothing to sign" in tracker(folder, "checkpoint", code=3)
        record(folder, "EC")
        yield folder


def record(folder: Path, destination: str) -> None:
    """Record a rule by hand."""
    tracker(
        folder, "record", "policy", "--destination", destination, "--nationality", "CN",
        "--regime", "visa-free", "--action", "introduced", "--first-hand", "seen",
    )  # fmt: skip


def key(folder: Path) -> str:
    """The verifier key, as an auditor is given it."""
    return tracker(folder, "checkpoint", "--key").strip()


def test_a_checkpoint_is_printed_and_satisfies_another_verifier(data: Path) -> None:
    note, verifier = tracker(data, "checkpoint"), key(data)

    head = metamorphic_log.checkpoint_verify(note, [verifier])

    assert head.size == 1
    assert head.origin == verifier.partition("+")[0]
    assert answer(data, "checkpoint")["note"] == note
    assert answer(data, "checkpoint", "--key")["key"] == verifier
    assert (data / "signer" / "key").stat().st_mode & 0o777 == 0o600


def test_a_proof_is_printed_for_people_and_for_programs(data: Path) -> None:
    note = tracker(data, "checkpoint")

    told = tracker(data, "proof", "1")
    given = answer(data, "proof", "1")

    assert "Event 1 is leaf 0 of" in told
    assert given["leaf"] in told
    assert note in told
    assert given["checkpoint"] == note
    metamorphic_log.checkpoint_verify_inclusion(
        note, [key(data)], given["index"], leaf_hash(given["leaf"].encode()),
        [base64.b64decode(step) for step in given["proof"]],
    )  # fmt: skip
    assert "no event is at position 999" in tracker(data, "proof", "999", code=3)


def test_a_new_origin_is_begun_when_asked_for(data: Path) -> None:
    old = tracker(data, "checkpoint").partition("\n")[0]

    note = tracker(data, "checkpoint", "--new-origin")

    assert note.partition("\n")[0] != old
    assert metamorphic_log.checkpoint_verify(note, [key(data)]).origin != old
    assert "leave one of the two out" in tracker(
        data, "checkpoint", "--key", "--new-origin", code=2
    )


def test_a_running_tracker_signs_by_itself(data: Path) -> None:
    before = answer(data, "checkpoint")["note"]
    record(data, "PE")
    with up(data, environment={"TRACKER_CHECKPOINT_EVERY_S": "1"}):
        deadline = time.monotonic() + 60
        while (proof := answer(data, "proof", "2"))["checkpoint"] == before:
            assert time.monotonic() < deadline

    assert metamorphic_log.checkpoint_verify(proof["checkpoint"], [key(data)]).size > proof["index"]
