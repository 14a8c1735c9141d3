"""RFC 3161: a time-stamping authority says that it saw a checkpoint, and when."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

from tracker.domain.errors import TrackerError, Unavailable

Stamp = Callable[[bytes], Awaitable[bytes]]
"""The bytes that are to be stamped → the answer of the authority (TimeStampResp, DER)."""

_TYPE = "application/timestamp-query"
_TIMEOUT_S = 20.0
_MOST_BYTES = 100_000


async def timestamp(session: aiohttp.ClientSession, url: str, data: bytes) -> bytes:
    """The time-stamp response over SHA-256 of the data: a TimeStampResp in DER.

    It is checked to be granted and to be over these data. Whether the authority is to be believed
    is for the auditor, who has its certificate. Raises Unavailable where there is no such answer.
    """
    # It brings a library of cryptography along, which no command needs that asks for no stamp.
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder(data=data, hash_algorithm=HashAlgorithm.SHA256)
    request = builder.build()
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            response = await _post(session, url, request.as_bytes())
    except (aiohttp.ClientError, OSError, TimeoutError, TrackerError) as fault:
        raise _no_stamp(str(fault) or type(fault).__name__) from fault
    _check(response, request.message_imprint.message, request.nonce)
    return response


async def _post(session: aiohttp.ClientSession, url: str, query: bytes) -> bytes:
    headers = {"Content-Type": _TYPE, "Accept-Encoding": "identity"}
    async with session.post(url, data=query, headers=headers, allow_redirects=False) as answer:
        if answer.status != 200:
            raise Unavailable(f"it answered {answer.status}")
        body = bytearray()
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise Unavailable(f"it answers more than {_MOST_BYTES} bytes")
        return bytes(body)


def _check(response: bytes, imprint: bytes, nonce: int | None) -> None:
    from rfc3161_client import decode_timestamp_response

    try:
        decoded = decode_timestamp_response(response)
        info = decoded.tst_info if decoded.status in (0, 1) else None
    except ValueError as fault:
        raise _no_stamp(f"its answer cannot be read ({fault})") from fault
    if info is None:
        raise _no_stamp(f"it refused with status {decoded.status}")
    if info.message_imprint.message != imprint or info.nonce != nonce:
        raise _no_stamp("its answer is to another question")


def _no_stamp(reason: str) -> Unavailable:
    return Unavailable(f"the time-stamping authority gave no stamp: {reason}")
