"""What is thrown away of ordinary tables."""

from datetime import timedelta

from tests.place import Place, parts_at
from tracker.tables.tidying import tidy


async def test_what_ended_long_ago_is_deleted_and_what_works_stays(place: Place) -> None:
    async with parts_at(place) as parts:
        user = await parts.users.create("alice", "analyst")
        token = await parts.users.issue(user, "token", None, 1)
        await parts.users.issue(user, "token", None, 365)
        now = parts.clock()
        assert await tidy(parts.database, now + timedelta(days=2), kept_days=30) == 0
        assert await tidy(parts.database, now + timedelta(days=32), kept_days=30) == 1
        assert await parts.users.resolve(token, "token") is None
        assert len(await parts.users.credentials(user)) == 1
