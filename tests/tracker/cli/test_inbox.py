"""`tracker inbox …`: what waits, decided and undone by command."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from tests.place import Place, parts_at
from tracker.cli import tracker
from tracker.domain.document import DocumentReceived
from tracker.domain.draft import DraftProposed
from tracker.domain.ids import derived
from tracker.domain.intake import ReceiveDocument

Run = Callable[..., Any]
DOCUMENT = str(derived("document"))
DRAFTS = [str(derived("draft", name)) for name in ("one", "two")]
CHANGE = {
    "jurisdiction": "EC", "kind": "entry", "action": "suspended", "effective_basis": "unknown",
    "rule": {"nationalities": ["CN"], "regime": "visa-free-suspended"},
    "citations": [{"document": DOCUMENT, "quote": "Visa-free entry is suspended"}],
}  # fmt: skip


async def _received(place: Place) -> None:
    async with parts_at(place) as parts:
        sha256 = await parts.evidence.keep(b"Visa-free entry is suspended.")
        drafts = tuple(
            DraftProposed(
                draft=draft, document=DOCUMENT, fact_type="policy-changed", fact=CHANGE,
                extractor="e", extractor_version=1, rule="r", confidence="0.9", spans=(),
            )
            for draft in DRAFTS
        )  # fmt: skip
        received = DocumentReceived(document=DOCUMENT, raw_sha256=sha256, text_sha256=sha256)
        command = ReceiveDocument(received=received, content_hash="h", drafts=drafts)
        await parts.executor.execute(command, await parts.operator())


@pytest.fixture
def run(place: Place) -> Run:
    """Runs a command on the test's own database: its answer."""
    asyncio.run(_received(place))

    def answered(*words: str) -> Any:
        environment = {
            "TRACKER_DATABASE_URL": place.superuser_url,
            "TRACKER_DATA": str(place.data),
        }
        ended = CliRunner().invoke(
            tracker, [*words, "--json"], env=environment, catch_exceptions=False
        )
        assert ended.exit_code == 0, ended.output
        return json.loads(ended.stdout)

    return answered


def test_a_stack_is_listed_accepted_undone_and_put_off_by_command(run: Run) -> None:
    first, second = DRAFTS
    [stack] = run("inbox")["stacks"]
    assert [draft["draft"] for draft in stack["drafts"]] == DRAFTS
    assert len(run("inbox", "accept", first, "--with", second)["events"]) == 2
    assert run("inbox", "list")["stacks"] == []
    run("inbox", "undo", second)
    assert run("inbox")["total"] == 1
    run("inbox", "snooze", first, "--with", second, "--until", "2999-01-01")
    assert run("inbox", "list", "--snoozed")["total"] == 1


def test_drafts_are_joined_to_what_is_known_and_documents_are_seen(run: Run) -> None:
    first, second = DRAFTS
    [outcome, other] = run("inbox", "accept", first, DOCUMENT)
    assert "no draft" in other["refused"]
    [known] = run("inbox", "duplicates", second)
    assert known["event"] == outcome["fact"]
    assert run("inbox", "join", second, known["event"])["events"]
    assert run("inbox", "silent") == []
    assert run("inbox", "seen", DOCUMENT)["events"]
    assert run("inbox", "seen", DOCUMENT, "--undo")["events"]
