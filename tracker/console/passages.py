"""Texts with the passages that matter marked in them, whole or as excerpts."""

from collections.abc import Iterable, Sequence

import msgspec


class Passage(msgspec.Struct, frozen=True):
    """A stretch of a text (offsets in code points), with what it is marked for."""

    start: int
    end: int
    label: str
    anchor: str = ""


class Piece(msgspec.Struct, frozen=True):
    """A stretch without a seam: the same passages cover all of it."""

    text: str
    labels: tuple[str, ...] = ()
    anchor: str = ""
    """The anchor of a passage that begins here."""


class Excerpt(msgspec.Struct, frozen=True):
    """Pieces in a row, and whether the text goes on before and after."""

    pieces: tuple[Piece, ...]
    cut_before: bool
    cut_after: bool


def pieces(
    text: str, passages: Iterable[Passage], start: int = 0, end: int | None = None
) -> tuple[Piece, ...]:
    """The text from `start` to `end` cut at the seams of its passages; outside ones are ignored."""
    end = len(text) if end is None else end
    inside = [p for p in passages if 0 <= p.start < p.end and p.start < end and p.end > start]
    seams = {start, end} | {max(p.start, start) for p in inside} | {min(p.end, end) for p in inside}
    points = sorted(seams)
    found: list[Piece] = []
    for left, right in zip(points, points[1:], strict=False):
        over = [p for p in inside if p.start <= left and p.end >= right]
        labels = tuple(dict.fromkeys(p.label for p in over))
        # Two passages may begin at one place; the shorter is found within the longer one.
        anchor = next((p.anchor for p in over if p.start == left), "")
        found.append(Piece(text[left:right], labels, anchor))
    return tuple(found)


def excerpts(text: str, passages: Sequence[Passage], margin: int = 220) -> tuple[Excerpt, ...]:
    """The surroundings of the passages; those that touch are one excerpt."""
    found: list[list[int]] = []
    for passage in sorted(passages, key=lambda p: p.start):
        if not 0 <= passage.start < passage.end <= len(text):
            continue
        start = _word_start(text, passage.start - margin)
        end = _word_end(text, passage.end + margin)
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return tuple(
        Excerpt(pieces(text, passages, start, end), start > 0, end < len(text))
        for start, end in found
    )


def _word_start(text: str, at: int) -> int:
    if at <= 0:
        return 0
    space = text.find(" ", at, at + 30)
    return space + 1 if space >= 0 else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", at - 30, at)
    return space if space >= 0 else at
