"""Checkpoints: the text of C2SP tlog-checkpoint, there and back."""

import metamorphic_log
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import Refused
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.note import SignerKey

LINES = st.text(st.characters(categories=["L", "N", "P"]), min_size=1)
ROOTS = st.binary(min_size=32, max_size=32)
TEXT = "example.org/log/0123abcd\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def test_a_checkpoint_reads_origin_size_and_root() -> None:
    checkpoint = Checkpoint.parse(TEXT)

    assert (checkpoint.origin, checkpoint.size) == ("example.org/log/0123abcd", 3)
    assert checkpoint.root == bytes(range(32))
    assert checkpoint.text == TEXT


@given(LINES, st.integers(0, 2**63 - 1), ROOTS, st.lists(LINES).map(tuple))
def test_a_checkpoint_reads_as_it_was_written(
    origin: str, size: int, root: bytes, extensions: tuple[str, ...]
) -> None:
    checkpoint = Checkpoint(origin, size, root, extensions)

    assert Checkpoint.parse(checkpoint.text) == checkpoint


@given(st.integers(0, 2**63 - 1), ROOTS)
def test_another_reader_finds_the_same(size: int, root: bytes) -> None:
    key = SignerKey("example.org/log/0123abcd", bytes(32))
    note = key.sign(Checkpoint(key.name, size, root).text)

    head = metamorphic_log.checkpoint_verify(note, [key.verifier.text])

    assert (head.origin, head.size, head.root) == (key.name, size, root)


@pytest.mark.parametrize(
    "text",
    [
        "", "origin\n3\n", TEXT.removesuffix("\n"), TEXT.replace("\n3\n", "\n03\n"),
        TEXT.replace("\n3\n", "\n-3\n"), TEXT.replace("\n3\n", "\n3 \n"), TEXT.replace("=", ""),
        TEXT.replace("AAEC", "AA-C"), TEXT.replace("Hh8=", "Hh9="), TEXT + "\n", "\n" + TEXT,
        TEXT.replace("AAEC", ""), TEXT.replace("\n3\n", "\n٣\n"),
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        Checkpoint.parse(text)
