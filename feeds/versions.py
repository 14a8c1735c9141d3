"""What the log holds of documents: their newest versions, and what erased others."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from feeds.article import Version
from tracker.domain.base import Recorded, tagged
from tracker.domain.erasure import PayloadErased
from tracker.log.read import Reader


class Newest(msgspec.Struct, frozen=True):
    """The newest version of a document, and the event that says so."""

    event: UUID
    version: Version


class Known(msgspec.Struct, frozen=True):
    """Document → its newest version, or what erased it."""

    newest: dict[str, Newest]
    erased: dict[str, UUID]


async def known_versions(reader: Reader, documents: Sequence[str]) -> Known:
    """What the log says of documents, as far as it knows them."""
    found = Known({}, {})
    if not documents:
        return found
    wanted = set(documents)
    query = tagged(*(f"document:{d}" for d in documents))
    for recorded in await reader.read_all(query, before=await reader.head()):
        _note(found, recorded, wanted)
    return found


def _note(found: Known, recorded: Recorded, wanted: set[str]) -> None:
    event = recorded.event
    if isinstance(event, Version):
        found.newest[event.document] = Newest(recorded.id, event)
    elif isinstance(event, PayloadErased):
        for document in wanted & set(event.documents):
            found.newest.pop(document, None)
            found.erased[document] = recorded.id
