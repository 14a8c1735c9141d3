"""What each event of a bundle calls for: its payload, its time, its evidence, its erasure."""

from pathlib import Path

import pytest

from tests.tracker.proof.bundles import (
    EVIDENCE,
    FIRST,
    LOG,
    SECOND,
    VERIFIER,
    Told,
    document,
    erasure,
    event_id,
    failed,
    flip,
    forge,
    members,
    rewrite,
    sha256,
    write,
)
from tracker.proof.verify import verify


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (Told(said_position=4), "says that it is event 4"),
        (Told(minutes=-1), "recorded at"),
        (Told(type="payload-erased", payload=b"["), "the payload cannot be read"),
    ],
)
def test_a_keeper_who_signs_nonsense_is_found_out(tmp_path: Path, wrong: Told, reason: str) -> None:
    path = write(tmp_path / "bundle.zip", [Told(), Told(), wrong, Told()])

    fault = failed(path)

    assert fault.position == 3
    assert reason in fault.message


def test_time_does_not_go_back_between_what_two_processes_check(tmp_path: Path) -> None:
    log = [Told(minutes=9) for _ in range(2048)] + [Told(minutes=3)]

    assert failed(write(tmp_path / "bundle.zip", log), processes=2).position == 2049


def test_a_missing_payload_needs_an_erasure_after_it(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    fault = failed(write(path, [Told(), Told(erased=True), Told()]))
    assert fault.position == 2
    assert "no event says that it was erased" in fault.message

    assert failed(write(path, [erasure(2), Told(erased=True)])).position == 2
    assert verify(write(path, [Told(), Told(erased=True), erasure(2)]), VERIFIER).erased == 1


def test_evidence_may_be_missing_only_if_it_was_erased(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    log = [Told(), document(*FIRST), document(*SECOND)]

    fault = failed(write(path, log, evidence=[SECOND]))
    assert fault.position == 2
    assert "is missing" in fault.message

    log.append(erasure(evidence=[sha256(part) for part in FIRST]))
    assert verify(write(path, log, evidence=[SECOND]), VERIFIER).evidence == 2


def test_evidence_that_came_after_its_erasure_is_withheld_in_its_name(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    log = [Told(), erasure(1), document(*FIRST)]
    lines = b"".join(f"{sha256(part)} {event_id(2)}\n".encode() for part in FIRST)

    write(path, log, erased_evidence=lines)
    assert verify(path, VERIFIER).evidence == 0
    forge(path, "erased-evidence", flip(3))
    failed(path)

    other = lines.replace(event_id(2).encode(), event_id(1).encode())
    fault = failed(write(path, log, erased_evidence=other))
    assert "a line names no erasure" in fault.message


def test_an_erasure_withholds_nothing_that_was_recorded_before_it(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    lines = b"".join(f"{sha256(part)} {event_id(3)}\n".encode() for part in FIRST)
    log = [Told(), document(*FIRST), erasure(1)]

    fault = failed(write(path, log, erased_evidence=lines))
    assert "a line names no erasure" in fault.message

    log[2] = erasure(1, evidence=[sha256(part) for part in FIRST])
    assert verify(write(path, log, erased_evidence=lines), VERIFIER).evidence == 0


def test_evidence_that_no_document_names_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "bundle.zip", [document(*FIRST)], evidence=EVIDENCE)

    assert "no document here names" in failed(path).message


def test_the_filter_says_which_payloads_must_be_there(tmp_path: Path) -> None:
    log = [Told(tags=("policy:1",)), Told(tags=("policy:2",)), Told(erased=True), erasure(3)]
    path = write(tmp_path / "bundle.zip", log, tags=("policy:1",))

    proved = verify(path, VERIFIER)
    assert (proved.payloads, proved.erased, proved.tags) == (2, 0, ("policy:1",))

    payloads = {n: d for n, d in members(path).items() if n.startswith("payload/")}
    other = members(write(path, log, tags=("policy:2",)))
    rewrite(path, {**other, **payloads})
    fault = failed(path)
    assert fault.position == 1
    assert "leave out" in fault.message


def test_the_range_says_which_payloads_must_be_there(tmp_path: Path) -> None:
    proved = verify(write(tmp_path / "bundle.zip", LOG, until=6, evidence=[FIRST]), VERIFIER)

    assert (proved.events, proved.until, proved.payloads) == (600, 6, 7)
