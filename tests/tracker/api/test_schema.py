"""The running server keeps what its OpenAPI document says, whatever it is asked."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.tracker.api.door import Door
from tracker.api.rates import RATES, Rates

EXAMPLES = int(os.environ.get("TRACKER_TEST_SCHEMA_EXAMPLES", "2"))
SEED = os.environ.get("TRACKER_TEST_SEED", "8")
# Every parameter at its edges, and one answer's ids in the next request, take minutes.
PHASES = "examples,coverage,fuzzing,stateful" if EXAMPLES > 2 else "examples,fuzzing"
_FILE = "schemathesis.toml"
_SETTINGS = f"""
[auth.openapi.token]
bearer = "${{TRACKER_TOKEN}}"

[generation]
max-examples = {EXAMPLES}
database = "none"

# What no schema can say (a quote that is not in its document) is refused with 400.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 400, 401, 403, 404, 406, 409, 413, 415, 429]

# Whoever asks would shut themselves out.
[[operations]]
include-operation-id = ["users_set_role", "users_end_all", "users_end"]
parameters = {{ "path.user" = "${{TRACKER_OTHER}}" }}

"""


async def test_every_answer_is_one_that_the_document_announces(door: Door, tmp_path: Path) -> None:
    door.app.state[RATES] = Rates(0)
    (tmp_path / _FILE).write_text(_SETTINGS + _known(await _world(door)))
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", _FILE, "run", f"{door.base}/api/v1/openapi.json"),
        *("--checks", "all", "--seed", SEED, "--no-color", "--workers", "1"),
        *("--phases", PHASES, "--continue-on-failure"),
        # A stream has no end to wait for.
        *("--exclude-path", "/api/v1/events/stream"),
        cwd=tmp_path,
        env={
            **os.environ,
            "TRACKER_TOKEN": door.tokens["admin"],
            "TRACKER_OTHER": str((await door.parts.users.named("reader")).id),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    folding = asyncio.create_task(_fold(door))
    try:
        said, _ = await process.communicate()
    finally:
        folding.cancel()
        if process.returncode is None:
            process.kill()
    print(said.decode())
    assert process.returncode == 0, said.decode()


async def _world(door: Door) -> dict[str, str]:
    """Something of every kind that an address may name, so that not all is answered with 404."""
    document, draft = await door.document(
        "Ecuador suspends visa-free entry for China.",
        {
            "jurisdiction": "EC",
            "action": "introduced",
            "rule": {"nationalities": ["CN"], "regime": "visa-required"},
        },
    )
    rule = await door.change("visa-free", "2016-08-01")
    await door.post("/parties", {"kind": "person", "names": ["Ana"]})
    channel = (await door.post("/channels", {"pull": {}})).written["channel"]
    wanted = {"channel": channel, "filter": {"countries": ["EC"]}}
    subscription = (await door.post("/subscriptions", wanted)).written["subscription"]
    feed = (await door.post("/feeds", {"url": "https://example.org/feed"})).written
    await door.parts.settle()
    feeds = (await door.get("/feeds")).body["feeds"]
    parties = (await door.get("/parties")).body["parties"]
    policies = (await door.get("/policies")).body["policies"]
    return {
        "path.destination": "EC",
        "path.nationality": "CN",
        "path.document": document,
        "path.draft": draft,
        "path.event": rule["event"],
        "path.policy": policies[0]["policy"],
        "path.party": parties[0]["party"],
        "path.channel": channel,
        "path.subscription": subscription,
        "path.feed": feeds[0]["feed"]["feed"],
        "path.position": str(feed["position"]),
        "path.kind": "policy",
        "query.valid_at": "2024-06-30",
        "query.country": "EC",
        "query.jurisdiction": "EC",
    }


def _known(world: Mapping[str, str]) -> str:
    """The settings that make every second parameter one that the server knows."""
    tables = "".join(
        f'[dictionaries.{name.replace(".", "-")}]\nvalues = ["{value}"]\n'
        for name, value in world.items()
    )
    bound = "".join(
        f'"{name}" = {{ dictionary = "{name.replace(".", "-")}", probability = 0.5 }}\n'
        for name in world
    )
    return f"{tables}[parameters]\n{bound}"


async def _fold(door: Door) -> None:
    """Let the views follow what is written, so that nobody waits for a position in vain."""
    while True:
        await door.parts.settle()
        await asyncio.sleep(0.05)
