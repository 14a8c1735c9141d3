"""Time stamps: those of a real authority, over real HTTP, and nothing that only looks like one."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from cryptography.x509 import load_pem_x509_certificate
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from feeds.guard import Guard, guarded_session, parse_allow_list
from tests.place import Place
from tests.tracker.log.events import ANALYST
from tests.tracker.proof.authority import Authority, authority
from tracker.domain.checkpoint import CheckpointPublished
from tracker.domain.errors import Unavailable
from tracker.domain.party import NameParty
from tracker.proof.published import last_published
from tracker.proof.timestamp import timestamp
from tracker.settings import Settings
from tracker.wiring import parts_of


@pytest.fixture
async def tsa(tmp_path: Path) -> AsyncIterator[Authority]:
    """An authority that runs."""
    folder = tmp_path / "authority"
    folder.mkdir()
    async with authority(folder) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A guarded session that may reach loopback."""
    guard = Guard(parse_allow_list(["127.0.0.0/8"]))
    async with guarded_session(guard, user_agent="test") as opened:
        yield opened


def check(tsa: Authority, response: bytes, data: bytes) -> datetime:
    """Verify a response as an auditor does; when it was made."""
    decoded = decode_timestamp_response(response)
    ca = load_pem_x509_certificate((tsa.folder / "ca.pem").read_bytes())
    assert VerifierBuilder().add_root_certificate(ca).build().verify_message(decoded, data)
    (tsa.folder / "data").write_bytes(data)
    (tsa.folder / "kept.tsr").write_bytes(response)
    assert tsa.openssl("ts -verify -data data -in kept.tsr -CAfile ca.pem") == "Verification: OK\n"
    return decoded.tst_info.gen_time


async def test_a_stamp_satisfies_an_auditor(tsa: Authority, session: aiohttp.ClientSession) -> None:
    before = datetime.now(UTC).replace(microsecond=0)

    response = await timestamp(session, tsa.url, b"a note\n")

    assert before <= check(tsa, response, b"a note\n").astimezone(UTC)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("other", "to another question"),
        ("broken", "cannot be read"),
        ("refusing", "refused with status 2|cannot be read"),
        ("away", "answered 503"),
        ("endless", "more than 100000 bytes"),
    ],
)
async def test_what_is_no_stamp_of_these_data_is_not_taken(
    tsa: Authority, session: aiohttp.ClientSession, path: str, sentence: str
) -> None:
    with pytest.raises(Unavailable, match=f"gave no stamp: .*({sentence})"):
        await timestamp(session, f"{tsa.url}/{path}", b"a note\n")


async def test_an_authority_that_does_not_answer_or_may_not_be_dialled_gives_no_stamp(
    session: aiohttp.ClientSession,
) -> None:
    for url in ("http://127.0.0.1:1/", "http://10.0.0.1/", "no address", "ftp://example.org/"):
        with pytest.raises(Unavailable, match="gave no stamp"):
            await timestamp(session, url, b"a note\n")


async def test_the_tracker_stamps_its_checkpoints_where_an_authority_is_set(
    place: Place, tsa: Authority, tmp_path: Path
) -> None:
    settings = Settings(
        data=str(tmp_path / "data"), tsa_url=tsa.url, allow_networks="127.0.0.0/8",
        public_url="https://log.example.org",
    )  # fmt: skip
    async with parts_of(settings, place.url) as parts:
        await parts.executor.execute(NameParty(kind="person", names=("Lin Jian",)), ANALYST)
        note = await parts.signer.checkpoint()
        published = await last_published(parts.reader)

    assert isinstance(published, CheckpointPublished)
    assert published.origin.startswith("log.example.org/log/")
    assert published.timestamp is not None
    check(tsa, base64.b64decode(published.timestamp), note.encode())
