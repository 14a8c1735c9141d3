"""Secrets as ciphertext: AES-256-GCM (NIST SP 800-38D) under keys that only the settings hold."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Sequence

from tracker.domain.errors import Refused

SETTING = "TRACKER_SECRET_KEY"
_KEY_BYTES = 32
_ID_BYTES = 8
_NONCE_BYTES = 12


def keys_of(text: str) -> tuple[bytes, ...]:
    """The keys of a setting, separated by spaces, each 32 bytes in base64; the first one seals."""
    return tuple(_key(word) for word in text.split())


def _key(word: str) -> bytes:
    try:
        key = base64.b64decode(word.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        # The word itself stays unsaid: it may be a key with a slip of the pen.
        raise Refused(
            f"{SETTING}: a key is {_KEY_BYTES} random bytes in base64 (openssl rand -base64 32)",
            field=SETTING,
        )
    return key


class Sealer:
    """Seals bytes so that they open only with the key, and only as what they were sealed as."""

    def __init__(
        self, keys: Sequence[bytes], *, entropy: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._keys = {hashlib.sha256(key).digest()[:_ID_BYTES]: key for key in keys}
        self._entropy = entropy

    @property
    def keyed(self) -> bool:
        """Whether there is a key to seal under."""
        return bool(self._keys)

    def seal(self, plain: bytes, about: str) -> bytes:
        """The ciphertext; Refused where there is no key, as nothing is kept in clear text."""
        # Most processes seal nothing, and loading this costs them a tenth of a second.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not self._keys:
            raise Refused(
                f"secrets are kept encrypted or not at all: set {SETTING} or {SETTING}_FILE to "
                f"{_KEY_BYTES} random bytes in base64 (openssl rand -base64 32)",
                field=SETTING,
            )
        key_id, key = next(iter(self._keys.items()))
        nonce = self._entropy(_NONCE_BYTES)
        return key_id + nonce + AESGCM(key).encrypt(nonce, plain, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """What was sealed as `about`; Refused where its key is missing or it was tampered with."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._keys.get(sealed[:_ID_BYTES])
        if key is None:
            raise Refused(
                f"a secret was encrypted under a key that {SETTING} does not hold", field=SETTING
            )
        nonce, rest = sealed[_ID_BYTES:][:_NONCE_BYTES], sealed[_ID_BYTES + _NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, rest, about.encode())
        except InvalidTag:
            raise Refused("a secret in the database was changed or is another's") from None
