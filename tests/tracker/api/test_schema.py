"""The running server keeps what its OpenAPI document says, whatever it is asked."""

import asyncio
import os
import sys
from pathlib import Path


from tests.tracker.api.door import Door
from tracker.api.rates import RATES, Rates

EXAMPLES = int(os.environ.get("TRACKER_TEST_SCHEMA_EXAMPLES", "2"))
SEED = os.environ.get("TRACKER_TEST_SEED", "8")
_HERE = "schemathesis.toml"
_SETTINGS = f"""
[auth.openapi.token]
bearer = "${{TRACKER_TOKEN}}"

[generation]
max-examples = {EXAMPLES}
database = "none"

[phases.stateful]
enabled = false
"""


async def test_every_answer_is_one_that_the_document_announces(
    door: Door, tmp_path: Path
) -> None:
    door.app.state[RATES] = Rates(0)
    (tmp_path / _HERE).write_text(_SETTINGS)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", _HERE, "run", f"{door.base}/api/v1/openapi.json"),
        *("--checks", "all", "--seed", SEED, "--no-color", "--workers", "1"),
        *("--phases", "examples,coverage,fuzzing", "--continue-on-failure"),
        # It has no end to wait for; what it says is tested by itself.
        *("--exclude-path", "/api/v1/events/stream"),
        cwd=tmp_path,
        env={**os.environ, "TRACKER_TOKEN": door.tokens["admin"]},
        stdout=open("/tmp/doors-two/sch.txt","wb"),
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said
