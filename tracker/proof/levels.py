"""The levels of tiles above the leaves, while a tree grows from left to right."""

from collections.abc import Callable

from tracker.proof.tree import HASH_BYTES, TILE_WIDTH, Tile, tile_root


class Levels:
    """Hands over every tile above level 0: the full ones as they become so, the others at the end.

    It remembers one unfinished tile a level.
    """

    def __init__(self, hand_over: Callable[[Tile, bytes], None]) -> None:
        self._hand_over = hand_over
        self._hashes: list[bytes] = []
        self._done: list[int] = []

    def push(self, root: bytes) -> None:
        """Add the root of the next full tile of level 0."""
        for level in range(len(self._hashes) + 1):
            if level == len(self._hashes):
                self._hashes.append(b"")
                self._done.append(0)
            hashes = self._hashes[level] + root
            self._hashes[level] = hashes
            if len(hashes) < TILE_WIDTH * HASH_BYTES:
                return
            self._give(level)
            self._hashes[level] = b""
            self._done[level] += 1
            root = tile_root(hashes)

    def finish(self) -> None:
        """Hand over the tiles that did not become full."""
        for level, hashes in enumerate(self._hashes):
            if hashes:
                self._give(level)

    def _give(self, level: int) -> None:
        hashes = self._hashes[level]
        tile = Tile(level + 1, self._done[level], len(hashes) // HASH_BYTES)
        self._hand_over(tile, hashes)
