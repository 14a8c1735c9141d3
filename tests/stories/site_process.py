"""Several processes of the tracker on one database, each started, told to stop, or killed."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

from tests.stories.tracker_process import ENVIRONMENT


class Process:
    """`tracker serve` or `tracker work`, from the line that says that it is there."""

    def __init__(
        self,
        data: Path,
        *words: str,
        environment: dict[str, str] | None = None,
        named: bool = True,
    ) -> None:
        """`named` says whether the data folder is on the command line, with its own database."""
        self.words = words
        where = ["--data", str(data)] if named else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tracker", *words, *where],
            env={**ENVIRONMENT, "TRACKER_DATA": str(data), **(environment or {})}, cwd=data.parent, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.printed = ""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.printed += line
            if "answers at" in line or "At work." in line:
                break
        else:
            raise AssertionError(f"{words} ended:\n{self.printed}")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self.printed += line

    @property
    def url(self) -> str:
        """Where it answers."""
        found = re.search(r"answers at (\S+)", self.printed)
        assert found
        return found[1]

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def stop(self) -> None:
        """Tell it to stop; it has to end by itself, and well."""
        os.kill(self._process.pid, signal.SIGTERM)
        assert self._process.wait(60) == 0, self.printed

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait(60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(60)
