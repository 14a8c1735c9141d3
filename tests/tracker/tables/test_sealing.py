"""Secrets as ciphertext: opened with the key alone, and only as what they were sealed as."""

import base64

import pytest

from tracker.domain.errors import Refused
from tracker.tables.sealing import Sealer, keys_of

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


def test_what_is_sealed_opens_with_its_key_and_shows_nothing() -> None:
    sealer = Sealer(keys_of(OLD))
    sealed = sealer.seal(b"Bearer hunter2", "feed 1 headers")

    assert b"hunter2" not in sealed
    assert sealer.open(sealed, "feed 1 headers") == b"Bearer hunter2"
    assert sealed != sealer.seal(b"Bearer hunter2", "feed 1 headers")


def test_a_new_key_seals_while_the_old_one_still_opens() -> None:
    sealed = Sealer(keys_of(OLD)).seal(b"x", "a")
    both = Sealer(keys_of(f"{NEW} {OLD}"))

    assert both.open(sealed, "a") == b"x"
    with pytest.raises(Refused, match="under a key that TRACKER_SECRET_KEY does not hold"):
        Sealer(keys_of(OLD)).open(both.seal(b"x", "a"), "a")


def test_what_was_moved_to_another_place_or_changed_does_not_open() -> None:
    sealer = Sealer(keys_of(OLD))
    sealed = sealer.seal(b"x", "feed 1 headers")

    for given, about in ((sealed, "feed 2 headers"), (sealed[:-1] + b"\0", "feed 1 headers")):
        with pytest.raises(Refused, match=r"was changed or is another's"):
            sealer.open(given, about)


def test_nothing_is_sealed_without_a_key() -> None:
    with pytest.raises(Refused, match="encrypted or not at all: set TRACKER_SECRET_KEY"):
        Sealer(()).seal(b"x", "a")


@pytest.mark.parametrize("word", ["hunter2", OLD[:-4], "ü" * 32, OLD + "AAAA"])
def test_a_key_that_is_none_is_refused_without_being_repeated(word: str) -> None:
    with pytest.raises(Refused) as refused:
        keys_of(word)

    assert word not in refused.value.message


def test_a_key_may_be_written_for_addresses_too() -> None:
    key = bytes([251, 255] * 16)
    assert keys_of(base64.urlsafe_b64encode(key).decode()) == (key,)
