"""The pages of lists: where one ends is told as an opaque cursor, bound to what was asked."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request
from litestar.params import QueryParameter

from tracker.cursors import Place, cursor, place_of

Cursor = Annotated[
    str | None,
    QueryParameter(max_length=500, description="The page after: `next` of the page before."),
]
# How much is wanted of an answer, and when; all else is what is asked.
_NOT_ASKED = {"before", "after", "rules_after", "limit", "min_position"}


class Paging:
    """Which page is asked for, and how the next one is asked for."""

    def __init__(self, request: Request[Any, Any, Any], before: str | None) -> None:
        asked = request.query_params.multi_items()
        pairs = sorted((name, value) for name, value in asked if name not in _NOT_ASKED)
        self._asked = [request.url.path, *(text for pair in pairs for text in pair)]
        self._before = before

    @property
    def position(self) -> int | None:
        """The position before which the page begins, in lists in the order of the log."""
        return self.place(Place)

    @property
    def before(self) -> dict[str, Any] | None:
        """The same as `Views.select` takes it."""
        return None if self._before is None else {"position": self.position}

    def place(self, kind: Any) -> Any:
        """The place behind which the page begins, of the kind that this list has."""
        return self.at(self._before, kind)

    def at(self, given: str | None, kind: Any, field: str = "before") -> Any:
        """The place of a cursor that came with this question, or none."""
        return None if given is None else place_of(given, self._asked, kind, field)

    def after(self, place: Any) -> str | None:
        """What leads on from a place; nothing where there is none."""
        return None if place is None else cursor(self._asked, place)

    def next(self, rows: Sequence[Any], limit: int, *by: str) -> str | None:
        """What leads on from the last of the rows, if they are as many as were asked for.

        `by` names the columns that the list is in the order of; its position alone without.
        """
        if len(rows) != limit:
            return None
        last = rows[-1]
        return self.after([getattr(last, name) for name in by] if by else last.position)


async def provide_paging(request: Request[Any, Any, Any], before: Cursor = None) -> Paging:
    """The page that a request asks for."""
    return Paging(request, before)
