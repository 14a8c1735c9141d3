"""The outcome of checking a bundle that holds."""

import msgspec


class Stamped(msgspec.Struct, frozen=True):
    """That so many events were there by a time, as an authority stamped it (RFC 3161)."""

    events: int
    by: str


class Proved(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle proves; positions count from 1."""

    origin: str
    events: int
    root: str
    """Base64, as in the checkpoint."""
    until: int
    tags: tuple[str, ...]
    payloads: int
    erased: int
    evidence: int
    checkpoints: int
    """How many other checkpoints the log agrees with."""
    views: tuple[str, ...] = ()
    """Views whose dumps are those that the manifest names; that the log gives them is not proved."""
    stamped: Stamped | None = None
    proved: str
