"""A bundle is proved to its last byte, or the first bad place is named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.proof.bundles import (
    EARLIER,
    EVIDENCE,
    FIRST,
    KEY,
    LOG,
    VERIFIER,
    Told,
    checkpoint,
    document,
    erasure,
    failed,
    flip,
    forge,
    members,
    rewrite,
    write,
)
from tracker.domain.errors import Disproved, Refused
from tracker.proof.bundle import Manifest, unpack_entries
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.note import SignerKey, note_text
from tracker.proof.proved import Proved
from tracker.proof.verify import verify

ENTRIES, PARTIAL = "tile/entries/001", "tile/entries/002.p/88"
OTHER = SignerKey(KEY.name, bytes(32))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write(tmp_path / "bundle.zip", LOG, evidence=EVIDENCE, earlier=EARLIER)


def test_a_whole_bundle_is_proved(bundle: Path) -> None:
    steps: list[int] = []

    proved = verify(
        bundle, VERIFIER, [("older", checkpoint(LOG, 300))],
        progress=lambda done, total: steps.append(done),
    )  # fmt: skip

    assert isinstance(proved, Proved)
    assert (proved.events, proved.payloads, proved.erased) == (600, 599, 1)
    assert (proved.evidence, proved.checkpoints) == (4, 4)
    assert proved.proved == "order and integrity proved, time not proved"
    assert steps == [600]


def test_several_processes_prove_the_same(bundle: Path) -> None:
    assert verify(bundle, VERIFIER, processes=2) == verify(bundle, VERIFIER)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512])
def test_a_bundle_of_any_size_is_proved(tmp_path: Path, size: int) -> None:
    sizes = sorted({1, size - 1, size // 2} - {0, size})
    path = write(tmp_path / "bundle.zip", [Told()] * size, earlier=sizes)

    assert verify(path, VERIFIER).checkpoints == len(sizes)


Change = Callable[[bytes], bytes]


def padded(data: bytes) -> bytes:
    return data + b"\0"


PLACES: list[tuple[str, Change, int | None, str]] = [
    ("tile/entries/000", flip(50), 1, "tile/entries/000"),
    ("tile/entries/000", flip(0), 1, "tile/entries/000"),
    (ENTRIES, flip(-1), 512, ENTRIES),
    (ENTRIES, padded, 512, ENTRIES),
    (PARTIAL, flip(-1), 600, PARTIAL),
    ("tile/0/000", flip(32 * 9), 10, "tile/entries/000"),
    ("tile/0/002.p/88", flip(-1), 600, PARTIAL),
    ("tile/1/000.p/2", flip(32), 257, "tile/1/000.p/2"),
    ("payload/000", flip(4), 1, "payload/000"),
    ("payload/000", flip(4 + 32), 1, "payload/000"),
    ("payload/000", flip(0, 7), 1, "payload/000"),
    ("payload/001", flip(-1), 512, "payload/001"),
    ("payload/002.p/88", flip(-1), 600, "payload/002.p/88"),
    ("payload/002.p/88", padded, 600, "payload/002.p/88"),
    ("evidence/00000.warc.gz", flip(-1), 300, "evidence/00000.warc.gz"),
    ("checkpoint", flip(3), None, "checkpoint"),
    ("checkpoint", flip(-2), None, "checkpoint"),
    ("checkpoints/256", flip(20), None, "checkpoints/256"),
    ("manifest", flip(60), None, "manifest"),
    ("README.md", flip(0), None, "README.md"),
]


@pytest.mark.parametrize(("name", "change", "position", "file"), PLACES)
def test_a_change_is_found_and_its_place_named(
    bundle: Path, name: str, change: Change, position: int | None, file: str
) -> None:
    forge(bundle, name, change)

    fault = failed(bundle)

    assert (fault.position, fault.file) == (position, file)
    assert file in fault.message
    assert position is None or f"position {position}" in fault.message


def test_damaged_evidence_names_the_document(bundle: Path) -> None:
    records = members(bundle)["evidence/00000.warc.gz"]
    third = [at for at in range(len(records)) if records.startswith(b"\x1f\x8b\x08", at)][3]
    forge(bundle, "evidence/00000.warc.gz", flip(third + 40))

    assert failed(bundle).position == 300


def test_the_sum_after_a_record_belongs_to_its_document(bundle: Path) -> None:
    records = members(bundle)["evidence/00000.warc.gz"]
    third = [at for at in range(len(records)) if records.startswith(b"\x1f\x8b\x08", at)][3]
    forge(bundle, "evidence/00000.warc.gz", flip(third - 1))

    assert failed(bundle).position == 5


SMALL = [document(*FIRST), Told(), Told(erased=True), erasure(3)]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(
        tmp_path_factory.mktemp("small") / "bundle.zip", SMALL, evidence=[FIRST], earlier=[2]
    )


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_bit_of_any_file_can_be_flipped_unseen(small: Path, data: st.DataObject) -> None:
    files = members(small)
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    forged = small.with_name("forged.zip")
    rewrite(forged, {**files, name: flip(at, data.draw(st.integers(0, 7)))(files[name])})

    failed(forged)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_file_can_be_cut_or_left_out_unseen(small: Path, data: st.DataObject) -> None:
    files = members(small)
    name = data.draw(st.sampled_from(sorted(files)))
    content = files.pop(name)
    if data.draw(st.booleans()):
        files[name] = content[: data.draw(st.integers(0, len(content) - 1))]
    forged = small.with_name("forged.zip")
    rewrite(forged, files)

    failed(forged)


def test_a_cut_off_tail_is_found_by_a_checkpoint_from_elsewhere(tmp_path: Path) -> None:
    path = write(tmp_path / "bundle.zip", [Told()] * 400)
    assert verify(path, VERIFIER).events == 400

    fault = failed(path, checkpoint([Told()] * 600, 600))

    assert fault.position == 401
    assert "had 600 events" in fault.message


@pytest.mark.parametrize("size", [100, 256, 300])
def test_another_history_is_found_by_a_checkpoint_from_elsewhere(bundle: Path, size: int) -> None:
    other = [Told(tags=("other",)) if position == 99 else told for position, told in enumerate(LOG)]

    fault = failed(bundle, checkpoint(other, size))

    if size in EARLIER:
        assert "disagree" in fault.message
    else:
        assert fault.position == 257  # up to 256 the two agree with another checkpoint


def test_a_history_rewritten_as_a_whole_does_not_fit_its_signature(bundle: Path) -> None:
    other = [*LOG[:549], Told(tags=("other",)), *LOG[550:]]
    files = members(write(bundle.with_name("other.zip"), other, evidence=EVIDENCE, earlier=EARLIER))
    rewrite(bundle, {**files, "checkpoint": members(bundle)["checkpoint"]})

    fault = failed(bundle)

    assert (fault.position, fault.file) == (401, "checkpoint")
    assert "up to position 400 they agree" in fault.message


def test_an_empty_bundle_proves_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "bundle.zip", [])
    with pytest.raises(Refused, match="no events prove nothing"):
        verify(path, VERIFIER)
    rewrite(path, {})
    with pytest.raises(Disproved, match="checkpoint is missing"):
        verify(path, VERIFIER)


@pytest.mark.parametrize("content", [b"", b"PK", b"hello" * 100])
def test_what_is_no_zip_cannot_be_checked(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    with pytest.raises(Refused, match="that is no bundle"):
        verify(path, VERIFIER)
    with pytest.raises(Refused, match="No such file"):
        verify(tmp_path / "nothing.zip", VERIFIER)


def test_the_right_name_on_another_key_is_not_enough(bundle: Path) -> None:
    with pytest.raises(Disproved, match="checkpoint: no key that is believed"):
        verify(bundle, OTHER.verifier)
    with pytest.raises(Refused, match="known: no key that is believed"):
        verify(bundle, VERIFIER, [("known", OTHER.sign("log\n1\nAA==\n"))])


def test_a_log_of_an_earlier_origin_does_not_pass_under_the_new_name_of_its_key(
    tmp_path: Path,
) -> None:
    earlier = SignerKey("log.example.org/0", KEY.seed)
    path = write(tmp_path / "bundle.zip", [Told()], key=earlier)
    assert verify(path, earlier.verifier).origin == earlier.name

    for name in ("checkpoint", "manifest"):
        forge(path, name, lambda note: KEY.sign(note_text(note.decode())).encode())

    assert "it is of log.example.org/0, the key of log.example.org/1" in failed(path).message


def test_a_bundle_that_takes_the_place_of_another_is_read_anew(tmp_path: Path, small: Path) -> None:
    path, other = tmp_path / "bundle.zip", tmp_path / "other.zip"
    whole = small.read_bytes()
    path.write_bytes(whole)
    verify(path, VERIFIER)

    hashes = members(small)[f"tile/0/000.p/{len(SMALL)}"]
    other.write_bytes(whole.replace(hashes, flip(0)(hashes)))
    other.replace(path)

    assert failed(path).position == 1


def test_entries_in_another_order_are_found(bundle: Path) -> None:
    def swapped(data: bytes) -> bytes:
        leaves = unpack_entries(data, 256)
        leaves[1], leaves[2] = leaves[2], leaves[1]
        return b"".join(len(one).to_bytes(2, "big") + one for one in leaves)

    forge(bundle, "tile/entries/000", swapped)

    assert failed(bundle).position == 2


def test_a_manifest_is_never_a_checkpoint(bundle: Path) -> None:
    text = note_text(members(bundle)["manifest"].decode())

    assert Manifest.parse(text).events == 600
    with pytest.raises(Refused, match="a checkpoint has"):
        Checkpoint.parse(text)
    with pytest.raises(Refused, match="manifest"):
        Manifest.parse(note_text(members(bundle)["checkpoint"].decode()))
