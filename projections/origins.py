"""Where facts come from in the end: the last hop of every citation."""

from collections.abc import Iterable

from tracker.domain.values import Citation


def origins(citations: Iterable[Citation]) -> tuple[str, ...]:
    """The distinct agents at the end of the chains; the document's id where a chain is empty.

    Two outlets that repeat one report have one origin.
    """
    ends = (c.attribution[-1].agent if c.attribution else c.document for c in citations)
    return tuple(dict.fromkeys(ends))
