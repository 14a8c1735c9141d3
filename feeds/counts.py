"""What became of the items of a response, in numbers."""

from typing import Self

import msgspec

Taken = tuple[str, int, int]
"""What became of an item, how many drafts it gave, and how many pages are fetched for it."""


class Counts(msgspec.Struct, frozen=True):
    """How many items were new, changed, known or left out, and how many drafts they gave."""

    new: int = 0
    revised: int = 0
    known: int = 0
    drafts: int = 0
    left_out: int = 0
    """Items that could not be recorded; the next poll sees them again."""
    pages: int = 0
    """Items whose page is fetched next, and their drafts with it."""

    def plus(self, taken: Taken) -> Self:
        """With one item more."""
        kind, drafts, pages = taken
        more = {
            kind: getattr(self, kind) + 1,
            "drafts": self.drafts + drafts,
            "pages": self.pages + pages,
        }
        return msgspec.structs.replace(self, **more)
