"""Signed notes (C2SP signed-note): a text, and Ed25519 signatures that name their keys.

    <text, ending in a newline>
    <empty line>
    — <key name> <base64 of the 4-byte key id and the 64-byte signature>

A verifier key is written `name+id+base64` and a signer key `PRIVATE+KEY+name+id+base64`, as the
Go package golang.org/x/mod/sumdb/note does.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from tracker.domain.errors import Refused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NOTE_CHARACTERS = 1_000_000
_SIGNATURES = 100
_ID_BYTES = 4
_KEY_BYTES = 32
_ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_MARK = "— "
_BAD_NAME = re.compile(r"[\s+\x00-\x1f\x7f]")
_BAD_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


class VerifierKey(msgspec.Struct, frozen=True):
    """The public half: who is believed to sign under a name."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(f"{self.name}\n".encode() + _ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key in one line, as auditors are given it."""
        return f"{self.name}+{self.id.hex()}+{_encoded(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """The key of one line. Raises Refused where it is no Ed25519 verifier key."""
        name, key_id, public = _parts(text.strip(), "a verifier key reads name+id+base64")
        key = cls(name, public)
        if key.id.hex() != key_id:
            raise Refused(f"the id {key_id} is not that of the key of {name}")
        return key

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether this key made the signature over the text."""
        # Loaded when needed: most commands start without ever asking for a signature.
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


class SignerKey(msgspec.Struct, frozen=True):
    """The private half: a name and the 32-byte Ed25519 seed behind it."""

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.seed) != _KEY_BYTES:
            raise Refused(f"an Ed25519 seed has {_KEY_BYTES} bytes, not {len(self.seed)}")

    # The seed stays out of logs and tracebacks.
    def __repr__(self) -> str:
        return f"SignerKey({self.name!r})"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, _private(self.seed).public_key().public_bytes_raw())

    @property
    def text(self) -> str:
        """The key in one line, as the signer's file holds it; secret."""
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{_encoded(_ED25519 + self.seed)}"

    @classmethod
    def parse(cls, text: str) -> "SignerKey":
        """The key of one line. Raises Refused where it is no Ed25519 signer key."""
        form = "a signer key reads PRIVATE+KEY+name+id+base64"
        line = text.strip()
        if not line.startswith(_PRIVATE):
            raise Refused(form)
        name, key_id, seed = _parts(line.removeprefix(_PRIVATE), form)
        key = cls(name, seed)
        if key.verifier.id.hex() != key_id:
            raise Refused(f"the id {key_id} is not that of the key of {name}")
        return key

    def sign(self, text: str) -> str:
        """The signed note of a text. Raises Refused where the text is none a note may have."""
        _check_text(text)
        signature = _private(self.seed).sign(text.encode())
        return f"{text}\n{_MARK}{self.name} {_encoded(self.verifier.id + signature)}\n"


def open_note(note: str, verifiers: Iterable[VerifierKey]) -> str:
    """The text of a note that at least one of the keys has signed.

    Signatures of other keys are passed over. Raises Refused where the note is malformed, where
    none of the keys signed it, or where a signature in the name of one of them is wrong.
    """
    text, lines = _split(note)
    keys = {(key.name, key.id): key for key in verifiers}
    signed = False
    for line in lines:
        name, signature = _signature(line)
        key = keys.get((name, signature[:_ID_BYTES]))
        if key is None:
            continue
        if not key.verifies(text, signature[_ID_BYTES:]):
            raise Refused(f"the signature of {name} is not over this text")
        signed = True
    if not signed:
        raise Refused("no key that is believed has signed this note")
    return text


def note_text(note: str) -> str:
    """The text of a note whose signatures nobody looked at. Raises Refused where it is no note."""
    return _split(note)[0]


def _private(seed: bytes) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed)


def _split(note: str) -> tuple[str, list[str]]:
    if len(note) > NOTE_CHARACTERS:
        raise Refused(f"a note of {len(note)} characters is over {NOTE_CHARACTERS}")
    body, gap, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    if not gap or lines.pop() or not lines:
        raise Refused("a signed note has a text, an empty line and signature lines")
    if len(lines) > _SIGNATURES:
        raise Refused(f"a note of {len(lines)} signatures is over {_SIGNATURES}")
    text = body + "\n"
    _check_text(text)
    return text, lines


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    signature = _decoded(encoded)
    if not line.startswith(_MARK) or signature is None or len(signature) <= _ID_BYTES:
        raise Refused("a signature line reads “— name base64”")
    _check_name(name)
    return name, signature


def _parts(text: str, form: str) -> tuple[str, str, bytes]:
    # The base64 part may itself hold a plus.
    pieces = text.split("+", 2)
    data = _decoded(pieces[-1])
    if len(pieces) != 3 or data is None:
        raise Refused(form)
    _check_name(pieces[0])
    if data[:1] != _ED25519 or len(data) != 1 + _KEY_BYTES:
        raise Refused(f"the key of {pieces[0]} is no Ed25519 key")
    return pieces[0], pieces[1], data[1:]


def _check_name(name: str) -> None:
    if not name or _BAD_NAME.search(name):
        raise Refused("the name of a key is a text without spaces and plus signs")


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _BAD_TEXT.search(text):
        raise Refused("the text of a note ends in a newline and holds no other control characters")


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _encoded(data) == text else None
