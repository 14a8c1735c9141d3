"""The running server keeps what its OpenAPI document says, whatever it is asked."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from projections.alerts.matcher import Matcher
from tests.chance import UNMEASURED
from tests.tracker.api.door import Door
from tests.tracker.api.world import world
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
    (tmp_path / _FILE).write_text(_SETTINGS + _known(await world(door)))
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
            # It is no part of ours.
            **UNMEASURED,
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
    assert process.returncode == 0, said.decode()


def _known(named: Mapping[str, str]) -> str:
    """The settings that make every second parameter one that the server knows."""
    tables = "".join(
        f'[dictionaries.{name.replace(".", "-")}]\nvalues = ["{value}"]\n'
        for name, value in named.items()
    )
    bound = "".join(
        f'"{name}" = {{ dictionary = "{name.replace(".", "-")}", probability = 0.5 }}\n'
        for name in named
    )
    return f"{tables}[parameters]\n{bound}"


async def _fold(door: Door) -> None:
    """Let views and alerts follow what is written, so that nobody waits for a position in vain."""
    matcher = Matcher(door.parts.deliver_database, door.parts.clock, asyncio.Event())
    while True:
        await door.parts.settle()
        await matcher.catch_up()
        await asyncio.sleep(0.05)
