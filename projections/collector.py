"""The garbage collector, put aside while rows are made that stay and form no cycles."""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def unswept() -> Generator[None]:
    """Without the collector, which would look through millions of rows and find nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            # What was made meanwhile counts as old, or the next new object would have it looked through.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
