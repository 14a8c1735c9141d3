"""Three reports, in the order in which they came: who watches hears of what is news, once."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from projections.alerts.compose import Composer
from projections.alerts.matcher import Matcher
from projections.alerts.message import Message
from projections.alerts.outbox import Outbox
from tests.place import Place, parts_at
from tests.stories.reports import OWN, Reports
from tests.stories.test_the_reports_are_told import FOLDERS
from tracker.domain.correcting import CorrectFact
from tracker.domain.correction import Reason
from tracker.domain.effect import ReachEffectiveDate
from tracker.domain.filter import Filter
from tracker.domain.policy import PolicyChanged
from tracker.domain.subscription import OpenSubscription, SubscriptionOpened
from tracker.parts import Parts

CHANNEL = "01a1ffcc-4f46-7c5c-9b71-00000000000b"
ENTRY = Filter(destinations=("EC",), nationalities=("CN",))
FIGURES = Filter(types=("conflict",), metrics=("border-entries",))


class Watcher:
    """Somebody who watches, and what they were told."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.matcher = Matcher(parts.deliver_database, parts.clock, asyncio.Event())

    async def watch(self, watched: Filter) -> str:
        """Subscribe; the reports are of the past, so the past is asked for."""
        command = OpenSubscription(channel=CHANNEL, filter=watched, options=("include-past",))
        done = await self.parts.executor.execute(command, await self.parts.operator())
        opened = done.events[0].event
        assert isinstance(opened, SubscriptionOpened)
        return opened.subscription

    async def told(self, subscription: str) -> list[tuple[Message, Any]]:
        """What was owed so far and how it reads, the first one first."""
        await self.parts.settle()
        await self.matcher.catch_up()
        composer = Composer(self.parts.database, "http://tracker.example")
        found = await Outbox(self.parts.database).messages(subscriptions=[subscription])
        return [
            (m, msgspec.json.decode((await composer.compose(m)).body)["data"]) for m in found[::-1]
        ]

    async def time_passes(self, suspension: UUID) -> None:
        """The first of July comes, and later somebody corrects what was recorded."""
        (recorded,) = await self.parts.events_of(str(suspension))
        change = recorded.event
        assert isinstance(change, PolicyChanged)
        execute = self.parts.executor.execute
        clockwork = (await self.parts.users.ensure("effective-dates", "system")).actor()
        day = ReachEffectiveDate(
            change=str(suspension), policy=change.policy or "", day="2024-07-01"
        )
        await execute(day, clockwork)
        clearer = msgspec.structs.replace(change, note="The fourth paragraph says so too.")
        reason = Reason("transcription", "A note was missing.")
        corrected = CorrectFact(target=recorded, replacement=clearer, reason=reason)
        await execute(corrected, await self.parts.operator())


@pytest.mark.parametrize("folder", FOLDERS)
async def test_the_reports_alert_where_they_bring_news(place: Place, folder: Path) -> None:
    async with parts_at(place) as parts:
        watcher, reports = Watcher(parts), Reports(folder)
        entry, figures = await watcher.watch(ENTRY), await watcher.watch(FIGURES)
        await reports.record(parts)

        ((first, told),) = await watcher.told(entry)
        suspension = first.members[0].event
        (reason,) = first.members[0].matched.reasons
        assert (reason.before, reason.after) == ("visa-free", "visa-free-suspended")
        assert (reason.on, reason.days_of_notice) == ("2024-07-01", 13)
        (alert,) = told["alerts"]
        chain = alert["sources"][0]["chain"].split(" ← ")
        # The outlet, whoever it has it from, and who said so in the end.
        assert len(chain) > 1
        assert chain[-1].startswith(("Ministry", "Authorities"))
        assert folder == OWN or "RFA Cantonese" in chain

        ((_, disputed),) = await watcher.told(figures)
        assert disputed["subject"].startswith("Not comparable: ")

        await watcher.time_passes(suspension)
        _, (reminder, today), (update, _) = await watcher.told(entry)
        assert (reminder.kind, update.kind) == ("reminder", "update")
        assert "visa-free → visa-free entry suspended from 2024-07-01" in today["subject"]
        assert set(update.members[0].refers) == {first.members[0].id, reminder.members[0].id}
        assert len(await watcher.told(figures)) == 1
