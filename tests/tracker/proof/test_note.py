"""Signed notes: byte for byte those of other implementations, and nothing false opens."""

import metamorphic_log
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import Refused
from tracker.proof.note import SignerKey, VerifierKey, note_text, open_note

# The example that comes with golang.org/x/mod/sumdb/note.
SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = TEXT + (
    "\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
PETER = VerifierKey.parse(VERIFIER)
OTHER = SignerKey("example.org/log/1", bytes(32))


def test_the_published_note_is_signed_and_opened_byte_for_byte() -> None:
    key = SignerKey.parse(SIGNER)

    assert key.sign(TEXT) == NOTE
    assert open_note(NOTE, [PETER]) == TEXT
    assert (key.text, key.verifier.text, PETER.text) == (SIGNER, VERIFIER, VERIFIER)


@given(st.binary(min_size=32, max_size=32), st.text(st.characters(categories=["L", "P", "Zs"])))
def test_another_verifier_accepts_what_is_signed_here(seed: bytes, line: str) -> None:
    key = SignerKey("example.org/log/0123abcd", seed)
    note = key.sign(f"{line}\nsecond\n")

    assert metamorphic_log.verify_signed_note(note, [key.verifier.text]) == 1
    assert open_note(note, [key.verifier]) == note_text(note) == f"{line}\nsecond\n"
    assert SignerKey.parse(key.text) == key
    assert VerifierKey.parse(key.verifier.text) == key.verifier


def test_a_note_opens_by_any_of_its_signatures() -> None:
    both = NOTE + OTHER.sign(TEXT).removeprefix(TEXT + "\n")

    assert open_note(both, [PETER]) == TEXT
    assert open_note(both, [OTHER.verifier]) == TEXT


def test_a_note_that_nobody_believed_signed_is_refused() -> None:
    with pytest.raises(Refused, match="no key that is believed"):
        open_note(NOTE, [OTHER.verifier])
    with pytest.raises(Refused, match="no key that is believed"):
        open_note(NOTE, [])


def test_a_changed_text_is_refused() -> None:
    with pytest.raises(Refused, match="signature of PeterNeumann is not over this text"):
        open_note(NOTE.replace("answer", "question"), [PETER])


def test_a_wrong_signature_beside_a_right_one_is_refused() -> None:
    wrong = OTHER.sign("other\n").removeprefix("other\n\n")

    with pytest.raises(Refused, match="signature of example"):
        open_note(NOTE + wrong, [PETER, OTHER.verifier])


def test_a_key_of_the_same_name_and_another_id_is_passed_over() -> None:
    impostor = SignerKey("PeterNeumann", bytes(32))

    with pytest.raises(Refused, match="no key that is believed"):
        open_note(impostor.sign(TEXT), [PETER])


@pytest.mark.parametrize(
    "note",
    [
        "", TEXT, TEXT + "\n", NOTE.removesuffix("\n"), NOTE + "\n", NOTE.replace("\n\n", "\n"),
        NOTE.replace("— ", "- "), NOTE.replace("JnAM=", "JnAM"), NOTE.replace("JnAM=", "JnAN="),
        NOTE.replace("— Peter", "— +Peter"), NOTE.replace("— PeterNeumann ", "—  "),
        TEXT + "\n— PeterNeumann x08gow==\n", NOTE.replace("answer", "ans\twer"),
        NOTE + "— a x08go/ZJ\n" * 100, "x" * 1_000_001 + NOTE,
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(Refused):
        open_note(note, [PETER])


@pytest.mark.parametrize(
    "key",
    [
        "", "PeterNeumann", "PeterNeumann+c74f20a3", VERIFIER.replace("c74f20a3", "c74f20a4"),
        VERIFIER.replace("Peter", "Pe ter"), VERIFIER.replace("+ARpc", "+BRpc"), VERIFIER[:-4],
        VERIFIER.replace("PeterNeumann", ""), VERIFIER + "!",
    ],
)  # fmt: skip
def test_what_is_no_verifier_key_is_refused(key: str) -> None:
    with pytest.raises(Refused):
        VerifierKey.parse(key)


@pytest.mark.parametrize(
    "key", ["", VERIFIER, SIGNER.replace("c74f20a3", "c74f20a4"), SIGNER[:-4], SIGNER[1:]]
)
def test_what_is_no_signer_key_is_refused(key: str) -> None:
    with pytest.raises(Refused):
        SignerKey.parse(key)


@pytest.mark.parametrize("text", ["", "no newline", "a\rb\n", "half a \ud800\n", "nul \0\n"])
def test_what_is_no_text_of_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(Refused, match="text of a note"):
        OTHER.sign(text)


def test_a_signer_key_has_a_name_and_a_whole_seed() -> None:
    with pytest.raises(Refused, match="name of a key"):
        SignerKey("with space", bytes(32))
    with pytest.raises(Refused, match="32 bytes, not 31"):
        SignerKey("name", bytes(31))


def test_a_signer_key_does_not_show_its_seed() -> None:
    assert repr(SignerKey.parse(SIGNER)) == "SignerKey('PeterNeumann')"
