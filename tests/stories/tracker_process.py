"""`tracker` as people run it, on a data folder of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from tracker.cli import exit_code
from tracker.cli import tracker as program
from tracker.domain.errors import TrackerError
from tracker.embedded import embedded

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if not k.startswith("TRACKER_")},
    "PYTHONPATH": str(ROOT),
    "PYTHONUNBUFFERED": "1",
    "COLUMNS": "200",
}
READY = "Stop with Ctrl-C"


def tracker(
    data: Path, *words: str, code: int = 0, environment: dict[str, str] | None = None
) -> str:
    """Run a command on a data folder, as `command` does."""
    given = environment or {}
    return command(*words, "--data", str(data), code=code, environment=given, cwd=data.parent)


class Ended(NamedTuple):
    """How a command ended, and all that it printed; as of a process."""

    returncode: int
    stdout: str
    stderr: str


def ended(
    *words: str, environment: dict[str, str], cwd: Path = ROOT, given: str | None = None
) -> Ended:
    """Run a command in a folder, with the settings of an environment alone.

    Here, and not as a process of its own, which takes a second to load what is loaded here.
    """
    forgotten = dict.fromkeys(name for name in os.environ if name.startswith("TRACKER_"))
    settings = {**forgotten, "COLUMNS": ENVIRONMENT["COLUMNS"], **environment}
    # In a thread of its own, so that whoever asks may have a loop under way.
    with chdir(cwd), ThreadPoolExecutor(1) as thread:
        run = thread.submit(CliRunner().invoke, program, words, input=given, env=settings)
        made = run.result(timeout=120)
    if isinstance(error := made.exception, TrackerError):
        # As `main` ends: a runner calls the command itself.
        return Ended(exit_code(error), made.stdout, f"{made.stderr}tracker: {error.message}\n")
    assert error is None or isinstance(error, SystemExit), repr(error)
    return Ended(made.exit_code, made.stdout, made.stderr)


def command(
    *words: str,
    code: int = 0,
    environment: dict[str, str],
    cwd: Path = ROOT,
    given: str | None = None,
) -> str:
    """Run a command to its end; what it printed (on standard error, if it was to fail)."""
    done = ended(*words, environment=environment, cwd=cwd, given=given)
    assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stderr if code else done.stdout


def process(
    *words: str | Path, code: int = 0, environment: dict[str, str], cwd: Path = ROOT
) -> str:
    """Run a command as `command` does, but as the process that it is for people."""
    ended = subprocess.run(
        [sys.executable, "-m", "tracker", *words],
        env={**ENVIRONMENT, **environment},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == code, f"{ended.returncode}\n{ended.stdout}\n{ended.stderr}"
    return ended.stderr if code else ended.stdout


def answer(data: Path, *words: str, environment: dict[str, str] | None = None) -> Any:
    """Run a command with --json; what it answered."""
    return json.loads(tracker(data, *words, "--json", environment=environment))


@contextmanager
def kept(data: Path) -> Generator[Path]:
    """A data folder whose PostgreSQL goes on between two commands, as where a tracker runs."""
    with embedded(data):
        yield data


def refused_up(data: Path, *words: str) -> str:
    """What `tracker up` says that will not run."""
    return process("up", "--data", str(data), "--port", "0", *words, code=2, environment={})


class Up:
    """A running `tracker up`."""

    def __init__(self, data: Path, *words: str, environment: dict[str, str] | None = None) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tracker", "up", "--data", str(data), "--port", "0", *words],
            env={**ENVIRONMENT, **(environment or {})},
            cwd=data.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line
            if READY in line:
                break
        else:
            raise AssertionError(f"tracker up ended:\n{self.printed}")
        # Somebody has to go on reading, or the pipe fills up and the process stands still.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.printed += line

    @property
    def url(self) -> str:
        """Where it answers."""
        found = re.search(r"runs at (\S+)", self.printed)
        assert found
        return found[1]

    def kill(self) -> None:
        """End it at once, as a crash of the machine would."""
        self.process.kill()
        self._ended()

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        assert self._ended() == 0, self.printed

    def _ended(self) -> int:
        code = self.process.wait(timeout=30)
        self._reader.join(timeout=30)
        return code


@contextmanager
def up(data: Path, *words: str, environment: dict[str, str] | None = None) -> Generator[Up]:
    """`tracker up` until the end of the block."""
    running = Up(data, *words, environment=environment)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()
