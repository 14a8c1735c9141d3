"""The list of erasures on a disk that is full."""

import resource
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.tracker.log.events import ANALYST
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Unavailable
from tracker.log.erasures import ErasureList, Listed

LOG = UUID(int=1)


def erasure() -> Listed:
    return Listed(
        LOG, uuid4(), ANALYST, PayloadErased(legal_basis="GDPR art. 17", targets=(str(uuid4()),))
    )


def test_a_disk_that_is_full_lists_nothing_of_what_is_not_erased(tmp_path: Path) -> None:
    listed, first = ErasureList(tmp_path), erasure()
    listed.add([first])
    size = listed.path.stat().st_size
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Room for one of two, and for some of the other.
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * size + 10, hard))
    try:
        with pytest.raises(Unavailable, match=r"cannot be written .*; nothing was erased"):
            listed.add([erasure(), erasure()])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))

    assert listed.path.stat().st_size == size
    listed.add([second := erasure()])
    assert listed.read(LOG) == {first.id: first, second.id: second}
