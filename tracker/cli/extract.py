"""`tracker extract`: what the extractors find in a document, without a log."""

from typing import Any

import click
import uvloop

from feeds.add import Handed, fetch_document, item_of
from feeds.guard import Guard, guarded_session, parse_allow_list
from feeds.worker import Parser
from tracker import __version__
from tracker.cli.document import bytes_of
from tracker.cli.session import Out, chosen_settings, json_option
from tracker.clock import system_clock
from tracker.domain.draft import DraftProposed
from tracker.domain.errors import Refused
from tracker.domain.ids import derived
from tracker.log.evidence import Capture
from tracker.settings import Settings


@click.command("extract")
@click.argument("source", metavar="URL|FILE|-")
@click.option("--title", help="Its title, where it does not say.")
@click.option("--publisher", help="Who published it.")
@click.option("--published", metavar="DATE", help="When it was published, where it does not say.")
@json_option
def extract(
    source: str, title: str | None, publisher: str | None, published: str | None, as_json: bool
) -> None:
    """Show the drafts that a document would propose, and write nothing."""
    given = {"title": title, "publisher": publisher, "published": published}
    found = uvloop.run(_read(source, chosen_settings(None), given))
    Out(as_json).answer(
        [_answer(draft) for draft in found],
        lambda: "\n\n".join(map(_shown, found)) or "Nothing was found in it.",
    )


async def _read(source: str, settings: Settings, given: dict[str, Any]) -> list[DraftProposed]:
    async with Parser() as parser:
        handed = Handed(**given, **await _fetched(source, settings))
        item = await item_of(handed, parser)
        found = await parser.found([(item, str(derived("preview")))])
    if isinstance(found, str):
        raise Refused(found)
    return [draft for one in found for draft in one.drafts]


async def _fetched(source: str, settings: Settings) -> dict[str, Any]:
    if not source.startswith(("http://", "https://")):
        return {"data": bytes_of(source), "capture": Capture(url=None, captured_at=system_clock())}
    guard = Guard(parse_allow_list(settings.allow_networks.split()))
    agent = f"policy-tracker/{__version__} (+{settings.contact})"
    async with guarded_session(guard, user_agent=agent) as session:
        fetched = await fetch_document(session, source, guard, system_clock)
    return {"data": fetched.data, "capture": fetched.capture}


def _answer(draft: DraftProposed) -> dict[str, Any]:
    """A draft for programs: the fact with its citations, and what it was read by."""
    return {
        "fact_type": draft.fact_type,
        "fact": draft.fact,
        "confidence": draft.confidence,
        "extractor": draft.extractor,
        "extractor_version": draft.extractor_version,
        "rule": draft.rule,
        "spans": draft.spans,
    }


def _shown(draft: DraftProposed) -> str:
    """A draft for people: a field a line, then the words that it rests on."""
    fields = [f"    {name}: {_plain(value)}" for name, value in draft.fact.items()
              if name != "citations"]  # fmt: skip
    quotes = [f"    “{' '.join(c['quote'].split())}”" for c in draft.fact["citations"]]
    read = f"{draft.fact_type}  (confidence {draft.confidence}, {draft.extractor}: {draft.rule})"
    return "\n".join([read, *fields, *quotes])


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items())  # pyright: ignore[reportUnknownVariableType]
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)  # pyright: ignore[reportUnknownArgumentType]
