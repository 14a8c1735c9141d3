"""The tree of RFC 6962 as its section 2.1 writes it down, recursion and all."""

import hashlib


def leaf_hash(leaf: bytes) -> bytes:
    """MTH({d(0)})."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: list[bytes]) -> bytes:
    """MTH(D[n]) over leaf hashes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node_hash(root(hashes[:k]), root(hashes[k:]))


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m: int, hashes: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.1."""
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if m < k:
        return [*path(m, hashes[:k]), root(hashes[k:])]
    return [*path(m - k, hashes[k:]), root(hashes[:k])]


def proof(m: int, hashes: list[bytes]) -> list[bytes]:
    """PROOF of section 2.1.2."""
    return subproof(m, hashes, whole=True)


def subproof(m: int, hashes: list[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.2."""
    if m == len(hashes):
        return [] if whole else [root(hashes)]
    k = split(len(hashes))
    if m <= k:
        return [*subproof(m, hashes[:k], whole=whole), root(hashes[k:])]
    return [*subproof(m - k, hashes[k:], whole=False), root(hashes[:k])]


def tiles(hashes: list[bytes]) -> list[tuple[int, int, bytes, bytes]]:
    """Every full tile: level, number, the roots of its 256 subtrees, its own root."""
    found: list[tuple[int, int, bytes, bytes]] = []
    level, span = 0, 1
    while len(hashes) >= 256 * span:
        row = [root(hashes[at : at + span]) for at in range(0, len(hashes) - span + 1, span)]
        for number in range(len(row) // 256):
            within = row[256 * number : 256 * number + 256]
            found.append((level, number, b"".join(within), root(within)))
        level, span = level + 1, 256 * span
    return found


def root_by_tiles(stored: list[tuple[int, int, bytes, bytes]], hashes: list[bytes]) -> bytes:
    """The root from the roots of the highest full tiles, and the leaves that no tile covers."""
    roots = {(level, number): tile_root for level, number, _, tile_root in stored}
    at, peaks = 0, list[tuple[int, bytes]]()
    for level in range(max((key[0] for key in roots), default=-1), -1, -1):
        span = 256 ** (level + 1)
        while at + span <= len(hashes):
            peaks.append((span, roots[level, at // span]))
            at += span
    peaks += [(1, leaf) for leaf in hashes[at:]]
    return _joined(peaks)


def _joined(peaks: list[tuple[int, bytes]]) -> bytes:
    """MTH over perfect subtrees from left to right, split as RFC 6962 splits."""
    if len(peaks) == 1:
        return peaks[0][1]
    k = split(sum(span for span, _ in peaks))
    covered = n = 0
    while covered < k:
        covered += peaks[n][0]
        n += 1
    assert covered == k
    return node_hash(_joined(peaks[:n]), _joined(peaks[n:]))
