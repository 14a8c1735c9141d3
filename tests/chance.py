"""Chance in tests that kill processes, how often they do, and a seed to do it again."""

import os
import random
import secrets

import pytest

ROUNDS = int(os.environ.get("TRACKER_TEST_ROUNDS") or 5)
MANY = 50
"""As many rounds are asked for by whoever has the time for all that takes long."""
LONG = pytest.mark.skipif(ROUNDS < MANY, reason="a part of `make torture`")
TORTURE = (pytest.mark.kill, LONG)
"""The marks of a story that takes too long to be told in every run of the tests."""

UNMEASURED = {"COVERAGE_PROCESS_CONFIG": ""}
"""The setting of a process that is killed or made to fail: it could not say what it covered, and
goes slower if it is asked."""


def chance() -> random.Random:
    """Random choices; `TRACKER_TEST_SEED` repeats those of an earlier run."""
    seed = int(os.environ.get("TRACKER_TEST_SEED") or secrets.randbits(32))
    print(f"to make the same choices again: TRACKER_TEST_SEED={seed}")
    return random.Random(seed)
