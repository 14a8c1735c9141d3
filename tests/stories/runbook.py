"""The commands of a runbook, taken from its text and run as they stand."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

RUNBOOKS = Path(__file__).parents[2] / "deploy/runbooks"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(name: str) -> list[str]:
    """The blocks of commands in a runbook, in their order."""
    return _BLOCK.findall((RUNBOOKS / name).read_text("utf-8"))


def execute(
    block: str,
    variables: dict[str, str],
    owner: tuple[int, int],
    folder: Path | None = None,
    entered: Sequence[str] = (),
) -> str:
    """Run a block as a user with these variables; what it printed. Any fault ends it.

    What is printed is kept in `folder`, by default beside the server; `entered` starts the shell.
    """
    user, group = owner if os.geteuid() == 0 and not entered else (None, None)
    output = (folder or Path(variables["SERVER"]).parent) / "executed"
    # A server that a block starts keeps its output open: a pipe would be waited for.
    with output.open("w+", encoding="utf-8") as written:
        ended = subprocess.run(
            [*entered, "bash", "-euo", "pipefail", "-c", block], cwd="/", stdout=written,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120, check=False,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", **variables}, user=user, group=group,
            extra_groups=None if user is None else [],
        )  # fmt: skip
        written.seek(0)
        said = written.read()
    assert ended.returncode == 0, f"{block}\n{said}"
    return said
