"""What a log is, for its doors: whether it is the sample, and which clock it opens on."""

import msgspec

from tracker.log.database import Database

GET = "select name, value from app.setting"
SET = """
insert into app.setting (name, value) values (%(name)s, %(value)s)
on conflict (name) do update set value = excluded.value
"""


class Traits(msgspec.Struct, frozen=True):
    """`name` stands in a banner on every page; `basis` is the clock that pages open on."""

    name: str | None = None
    basis: str = "recorded"


async def traits(database: Database) -> Traits:
    """What is known of this log."""
    rows = dict(await database.fetch(GET))
    return Traits(rows.get("name"), rows.get("basis", "recorded"))


async def set_traits(database: Database, new: Traits) -> None:
    """Say what this log is."""
    for name, value in msgspec.structs.asdict(new).items():
        if value is not None:
            await database.run(SET, {"name": name, "value": value})
