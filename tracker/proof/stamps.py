"""Time stamps (RFC 3161) of checkpoints: by when so many events were there."""

import base64
import binascii
from typing import Any

from tracker.domain.errors import Refused
from tracker.domain.values import instant_text
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.ledger import Ledger
from tracker.proof.note import VerifierKey, open_note
from tracker.proof.proved import Stamped


def last_stamped(ledger: Ledger, key: VerifierKey, roots: bytes) -> Stamped | None:
    """The largest tree that an authority below one of the roots (PEM) has stamped.

    Only checkpoints count with which the tree was compared. Raises Refused where there is no
    certificate in the roots.
    """
    verifier = _verifier(roots)
    for note, token in ledger.stamps():
        try:
            one = Checkpoint.parse(open_note(note, [key]))
        except Refused:
            continue
        by = _time(verifier, note, token) if ledger.agrees(one) else None
        if by is not None:
            return Stamped(one.size, by)
    return None


def _verifier(roots: bytes) -> Any:
    # Whoever believes no authority does not wait for its library.
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerifierBuilder

    try:
        return VerifierBuilder(roots=load_pem_x509_certificates(roots)).build()
    except ValueError:
        raise Refused("the file of roots holds no certificate in PEM") from None


def _time(verifier: Any, note: str, token: str) -> str | None:
    """The time in a stamp, None where it is no stamp over the note below one of the roots."""
    from rfc3161_client import VerificationError, decode_timestamp_response

    try:
        response = decode_timestamp_response(base64.b64decode(token, validate=True))
        verifier.verify_message(response, note.encode())
        return instant_text(response.tst_info.gen_time)
    except (binascii.Error, ValueError, VerificationError):
        return None
