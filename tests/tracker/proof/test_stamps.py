"""A time stamp over a checkpoint shows by when so many events were there, and no more."""

import base64
from pathlib import Path

import msgspec
import pytest

from tests.tracker.proof.authority import Authority
from tests.tracker.proof.bundles import VERIFIER, Told, checkpoint, write
from tracker.domain.errors import Refused
from tracker.proof.verify import verify


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def stamp(authority: Authority, data: str) -> str:
    """The answer of the authority to a query about some data."""
    (authority.folder / "data").write_text(data)
    authority.openssl("ts -query -data data -sha256 -cert -out query.tsq")
    authority.openssl(
        "ts -reply -config ts.cnf -section stamping -queryfile query.tsq -out reply.tsr"
    )
    return base64.b64encode((authority.folder / "reply.tsr").read_bytes()).decode()


def published(note: str, size: int, timestamp: str) -> Told:
    """The event that publishes a stamped checkpoint."""
    payload = msgspec.json.encode({"note": note, "size": size, "timestamp": timestamp})
    return Told(type="checkpoint-published", payload=payload)


def roots(authority: Authority) -> bytes:
    """The certificate that an auditor has of the authority."""
    return (authority.folder / "ca.pem").read_bytes()


def test_a_stamp_of_a_believed_authority_proves_a_time(
    tmp_path: Path, authority: Authority
) -> None:
    log = [Told()] * 3
    note = checkpoint(log, 3)
    log += [published(note, 3, stamp(authority, note)), Told()]
    path = write(tmp_path / "bundle.zip", log, earlier=[3])

    proved = verify(path, VERIFIER, tsa_roots=roots(authority))

    assert proved.stamped is not None
    assert proved.stamped.events == 3
    assert f"the first 3 events were there by {proved.stamped.by}" in proved.proved
    assert verify(path, VERIFIER).stamped is None


def test_a_stamp_proves_nothing_where_anything_about_it_is_off(
    tmp_path: Path, authority: Authority
) -> None:
    log = [Told()] * 3
    note, other = checkpoint(log, 3), checkpoint([Told(tags=("other",))] * 3, 3)
    (tmp_path / "authority").mkdir()
    stranger = Authority(tmp_path / "authority")
    log += [
        published(note, 3, stamp(authority, "another note")),
        published(note, 3, stamp(stranger, note)),
        published(note, 3, "no base64"),
        published(note, 3, base64.b64encode(b"no stamp").decode()),
        published(other, 3, stamp(authority, other)),
        published("no note", 3, stamp(authority, "no note")),
    ]
    path = write(tmp_path / "bundle.zip", log, earlier=[3])

    proved = verify(path, VERIFIER, tsa_roots=roots(authority))

    assert proved.stamped is None
    assert "time not proved" in proved.proved


def test_roots_that_are_none_cannot_be_believed(tmp_path: Path) -> None:
    path = write(tmp_path / "bundle.zip", [Told()])
    with pytest.raises(Refused, match="no certificate in PEM"):
        verify(path, VERIFIER, tsa_roots=b"hello")
