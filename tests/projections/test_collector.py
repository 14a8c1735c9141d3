"""The garbage collector, put aside for a while."""

import gc

from projections.collector import unswept


def test_what_is_made_meanwhile_counts_as_old() -> None:
    with unswept():
        made = [[number] for number in range(5_000)]

    assert gc.isenabled()
    assert not any(young is made for young in gc.get_objects(generation=0))
