"""Where intervals of numbers stand in a binary tree, so that those that hold a number are found
by their places, and few of the others are looked at.

It is the relational interval tree of Kriegel, Pötke and Seidl (VLDB 2000): the tree is nowhere but
in the bits of numbers. An interval stands at its fork, the number after its first one that the
highest power of two divides (an interval of one number at that number); whatever holds a number
stands on the way from the root to that number.
"""

_POWERS = "{" + ",".join(str(2**n) for n in range(1, 63)) + "}"


def fork(first: str, last: str) -> str:
    """The fork of an interval, in SQL: of its ends, both included, as expressions of bigint that
    are not below zero."""
    # How many powers of two, from 2 on, are within a number says how many bits it has after one.
    return f"({last}) & ((-1)::bigint << width_bucket(({first}) # ({last}) | 1, '{_POWERS}'))"


def way_to(number: int, bits: int) -> list[int]:
    """The forks that an interval may have that holds a number, and ends at so many bits at most."""
    return sorted({number} | {(number >> k << k) | 1 << (k - 1) for k in range(1, bits + 1)})
