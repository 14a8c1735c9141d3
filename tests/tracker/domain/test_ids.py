"""Ids: the layout of RFC 9562, and source keys that never run together."""

import hashlib
import uuid
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.ids import derived, timed

KEYS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4).map(tuple)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, st.binary(min_size=10, max_size=10))
def test_a_timed_id_is_a_version_7_with_its_milliseconds_in_front(
    now: datetime, random: bytes
) -> None:
    made = timed(now, random)

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    elapsed = now - datetime(1970, 1, 1, tzinfo=UTC)
    assert abs((made.int >> 80) - elapsed.total_seconds() * 1000) <= 1
    # 74 of the 80 random bits stay: version and variant take the place of six.
    kept = (0x0FFF << 64) | 0x3FFF_FFFF_FFFF_FFFF
    assert made.int & kept == int.from_bytes(random, "big") & kept


@given(KEYS)
def test_a_derived_id_is_a_version_8_made_of_sha_256(key: tuple[str, ...]) -> None:
    made = derived(*key)

    assert (made.version, made.variant) == (8, uuid.RFC_4122)
    assert derived(*key) == made
    spelled = b"".join(len(p.encode()).to_bytes(8, "big") + p.encode() for p in key)
    digest = bytearray(hashlib.sha256(spelled).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    assert made.bytes == bytes(digest)


@given(KEYS, KEYS)
def test_two_source_keys_give_two_ids(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (derived(*one) == derived(*other)) == (one == other)


def test_ids_of_version_1_of_the_log_stay_as_they_are() -> None:
    assert str(derived("draft", "d", "policy-changed", "0", "9")) == (
        "49408977-20e6-89db-b536-19e925cc8dd1"
    )
