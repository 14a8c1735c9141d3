"""Cursors: where a page ends, together with the question that it is a page of.

They are for taking on as they are: what is changed in one, or used for another question, does not
fit any more. They keep nothing secret and need no key, since whoever computes one by hand is shown
no more than the question gives.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from tracker.domain.errors import Refused

Place = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
"""A position of the log, or another number that a list is in the order of."""
_DIGEST_BYTES = 9


def cursor(asked: Sequence[str], place: Any) -> str:
    """The place behind which a page goes on, for whoever asks the same."""
    told = msgspec.json.encode(place)
    return base64.urlsafe_b64encode(_digest(asked, told) + told).rstrip(b"=").decode()


def place_of(given: str, asked: Sequence[str], kind: Any, field: str) -> Any:
    """The place of a cursor; Refused where it is not one that this question led to."""
    try:
        padded = given.encode() + b"=" * (-len(given) % 4)
        told = base64.b64decode(padded, altchars=b"-_", validate=True)[_DIGEST_BYTES:]
        place = msgspec.json.decode(told, type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        place = None
    if place is None or cursor(asked, place) != given:
        raise Refused(
            f"{field}: is not what a page of this question gave; ask for its first page again",
            field=field,
        )
    return place


def _digest(asked: Sequence[str], told: bytes) -> bytes:
    whole = msgspec.json.encode([*asked, told.decode()])
    return hashlib.sha256(whole).digest()[:_DIGEST_BYTES]
