"""Texts with the passages that matter marked in them, whole or as excerpts."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec


class Passage(msgspec.Struct, frozen=True):
    """A stretch of a text (offsets in code points), with what it is marked for."""

    start: int
    end: int
    label: str
    anchor: str = ""
    field: str = ""
    """The field of a draft that rests on it."""


class Piece(msgspec.Struct, frozen=True):
    """A stretch without a seam: the same passages cover all of it."""

    text: str
    labels: tuple[str, ...] = ()
    anchor: str = ""
    """The anchor of a passage that begins here."""
    fields: tuple[str, ...] = ()


class Excerpt(msgspec.Struct, frozen=True):
    """Pieces in a row, and whether their paragraph goes on before and after."""

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
    for left, right in pairwise(points):
        over = [p for p in inside if p.start <= left and p.end >= right]
        labels = tuple(dict.fromkeys(p.label for p in over))
        # Two passages may begin at one place; the shorter is found within the longer one.
        anchor = next((p.anchor for p in over if p.start == left), "")
        fields = tuple(dict.fromkeys(p.field for p in over if p.field))
        found.append(Piece(text[left:right], labels, anchor, fields))
    return tuple(found)


def excerpts(text: str, passages: Sequence[Passage], margin: int = 300) -> tuple[Excerpt, ...]:
    """The paragraphs of the passages, long ones cut; those that touch are one excerpt."""
    found: list[list[int]] = []
    for passage in sorted(passages, key=lambda p: p.start):
        if not 0 <= passage.start < passage.end <= len(text):
            continue
        start = _opening(text, passage.start, margin)
        end = _close(text, passage.end, margin)
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return tuple(
        Excerpt(
            pieces(text, passages, start, end),
            # A paragraph that is whole needs no sign that others surround it.
            text[start - 1 : start] not in ("", "\n"),
            text[end : end + 1] not in ("", "\n"),
        )
        for start, end in found
    )


def _opening(text: str, at: int, margin: int) -> int:
    """Where the paragraph begins, or a word that is not much more than the margin before."""
    low = max(0, at - margin)
    line = text.rfind("\n", low, at)
    if line >= 0 or low == 0:
        return line + 1
    return text.find(" ", low, at) + 1 or low


def _close(text: str, at: int, margin: int) -> int:
    high = min(len(text), at + margin)
    line = text.find("\n", at, high)
    if line >= 0 or high == len(text):
        return high if line < 0 else line
    space = text.rfind(" ", at, high)
    return space if space >= 0 else high
