"""`/log`: the tree of the log as C2SP tlog-tiles has it, at the root of the site, and proofs.

Checkpoint and tiles are nothing but hashes and are open to everybody, as an auditor's tool asks
for them; the entries themselves need a reader.
"""

import re
from typing import Annotated

from litestar import Controller, Response, get
from litestar.params import FromPath, PathParameter

from tracker.api.access import PUBLIC, READER, OpenParts, admit
from tracker.domain.errors import NotFound, Refused
from tracker.proof.paths import ENTRIES, parse_tile_path
from tracker.proof.published import LeafProof, last_published, leaf_proof
from tracker.proof.tree import Tile

BYTES = "application/octet-stream"
# What a tile of a given width holds never changes.
_FOR_EVER = "public, max-age=31536000, immutable"
# Entries are for readers: a shared cache would give them to anybody.
_FOR_EVER_HERE = "private, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=10"
_POSITION = re.compile(r"[0-9]{1,18}", re.ASCII)


class TreeRoutes(Controller):
    """The tree for tools that know nothing of this tracker (C2SP tlog-tiles)."""

    path = "/log"
    tags = ("log",)
    guards = (admit,)

    @get("/checkpoint", opt=PUBLIC, media_type="text/plain")
    async def checkpoint(self, parts: OpenParts) -> Response[str]:
        """The last signed checkpoint: a signed note with origin, size and root."""
        published = await last_published(parts.reader)
        if published is None:
            raise NotFound("no checkpoint was published yet")
        return Response(
            published.note, media_type="text/plain", headers={"Cache-Control": _BRIEFLY}
        )

    @get("/tile/entries/{number:path}", opt=READER, media_type=BYTES)
    async def entries(
        self,
        parts: OpenParts,
        number: Annotated[str, PathParameter(description="As in `x001/x234/067` or `000.p/8`.")],
    ) -> Response[bytes]:
        """Up to 256 leaves, each after its length in two big-endian bytes."""
        tile = _asked(f"entries{number}")
        data = await parts.tiles.entries(tile.number, tile.width)
        return Response(data, media_type=BYTES, headers={"Cache-Control": _FOR_EVER_HERE})

    @get("/tile/{tile:path}", opt=PUBLIC, media_type=BYTES)
    async def tile(
        self,
        parts: OpenParts,
        tile: Annotated[str, PathParameter(description="Level and number: `0/x001/067.p/8`.")],
    ) -> Response[bytes]:
        """Up to 256 hashes of a level, 32 bytes each."""
        asked = _asked(tile.removeprefix("/"))
        if asked.level == ENTRIES:
            raise Refused("tile: entries are not read this way", field="tile")
        data = await parts.tiles.tile(*asked)
        return Response(data, media_type=BYTES, headers={"Cache-Control": _FOR_EVER})


@get("/log/proof/{position:str}", opt=READER, tags=["log"])
async def proof(parts: OpenParts, position: FromPath[str]) -> LeafProof:
    """That an event is in the log: its leaf and the inclusion proof under the last checkpoint."""
    if not _POSITION.fullmatch(position):
        raise NotFound(f"position: no event is at {position}", field="position")
    return await leaf_proof(int(position), parts.reader, parts.tiles)


def _asked(path: str) -> Tile:
    try:
        return parse_tile_path(f"tile/{path}")
    except Refused as wrong:
        raise Refused(f"tile: {wrong.message}", field="tile") from None
