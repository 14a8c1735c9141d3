"""What brings evidence in beside the doors, built from the parts: polls of feeds, visits to pages."""

from functools import partial
from typing import Any

from feeds.articles import Articles
from feeds.citing import Citing
from feeds.intake import Intake
from feeds.poll import Poller
from feeds.robots import Robots
from feeds.schedule import Polling
from feeds.visit import Visitor
from feeds.visiting import Visiting
from tracker.parts import Parts


async def polling_of(parts: Parts, **other: Any) -> Polling:
    """The poller of all feeds; `other` are parts that a test or a benchmark brings to a poll."""
    actor = (await parts.users.ensure("feed-poller", "system")).actor()
    intake = Intake(
        executor=parts.executor,
        evidence=parts.evidence,
        reader=parts.reader,
        pages=parts.pages,
        citing=Citing(parts.reader, parts.pages, parts.clock),
        parser=parts.parser,
        actor=actor,
        clock=parts.clock,
    )
    usual: dict[str, Any] = {
        "intake": intake,
        "schedule": parts.schedule,
        "ways": parts.ways,
        "guard": parts.guard,
        "parser": parts.parser,
        "clock": parts.clock,
        "decide": partial(parts.executor.execute, actor=actor),
    }
    poller = Poller(**(usual | other))
    return Polling(parts.reader, parts.schedule, poller, parts.ways.table)


async def visiting_of(parts: Parts) -> Visiting:
    """The visitor of pages: of teasers, and of what facts cite."""
    citing = Citing(parts.reader, parts.pages, parts.clock)
    articles = Articles(
        executor=parts.executor,
        evidence=parts.evidence,
        citing=citing,
        parser=parts.parser,
        actor=(await parts.users.ensure("feed-poller", "system")).actor(),
    )
    visitor = Visitor(
        articles=articles,
        reader=parts.reader,
        pages=parts.pages,
        robots=Robots(parts.session, parts.guard, parts.clock),
        ways=parts.ways,
        guard=parts.guard,
        clock=parts.clock,
    )
    return Visiting(parts.pages, citing, visitor)
