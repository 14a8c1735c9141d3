"""Chance in tests that kill processes, how often they do, and a seed to do it again."""

import os
import random
import secrets

ROUNDS = int(os.environ.get("TRACKER_TEST_ROUNDS") or 5)


def chance() -> random.Random:
    """Random choices; `TRACKER_TEST_SEED` repeats those of an earlier run."""
    seed = int(os.environ.get("TRACKER_TEST_SEED") or secrets.randbits(32))
    print(f"to make the same choices again: TRACKER_TEST_SEED={seed}")
    return random.Random(seed)
