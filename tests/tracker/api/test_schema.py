"""The running server keeps what its OpenAPI document says, whatever it is asked."""

import asyncio
import os
import sys
from pathlib import Path

from tests.tracker.api.door import Door
from tracker.api.rates import RATES, Rates

EXAMPLES = int(os.environ.get("TRACKER_TEST_SCHEMA_EXAMPLES", "2"))
SEED = os.environ.get("TRACKER_TEST_SEED", "8")
# Every parameter at every edge takes minutes: that is for the longer run.
PHASES = "examples,coverage,fuzzing" if EXAMPLES > 2 else "examples,fuzzing"
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
"""


async def test_every_answer_is_one_that_the_document_announces(door: Door, tmp_path: Path) -> None:
    door.app.state[RATES] = Rates(0)
    (tmp_path / _FILE).write_text(_SETTINGS)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", _FILE, "run", f"{door.base}/api/v1/openapi.json"),
        *("--checks", "all", "--seed", SEED, "--no-color", "--workers", "1"),
        *("--phases", PHASES, "--continue-on-failure"),
        # What lies elsewhere are pages for people; a stream has no end to wait for.
        *("--include-path-regex", "^/api/v1/", "--exclude-path", "/api/v1/events/stream"),
        cwd=tmp_path,
        env={**os.environ, "TRACKER_TOKEN": door.tokens["admin"]},
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


async def test_an_address_says_which_methods_it_takes(door: Door) -> None:
    reply = await door.call("OPTIONS", "/users", role=None)
    assert reply.status == 204
    assert "POST" in reply.headers["Allow"]


async def _fold(door: Door) -> None:
    """Let the views follow what is written, so that nobody waits for a position in vain."""
    while True:
        await door.parts.settle()
        await asyncio.sleep(0.05)
