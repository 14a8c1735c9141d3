"""A network of its own for a server, at the end of a cable that can be pulled."""

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.debian import superuser_of

NEAR, FAR = "198.18.77.1", "198.18.77.2"
_TOOLS = ("ip", "unshare", "nsenter")


class Cable(msgspec.Struct, frozen=True):
    """What leads to a network namespace; `entered` starts a program in there."""

    holder: int
    end: str

    @property
    def entered(self) -> tuple[str, ...]:
        """What starts a program at the far end, as the user who runs servers."""
        user, group = superuser_of()
        who = ("--setuid", str(user), "--setgid", str(group))
        return ("nsenter", "--target", str(self.holder), "--net", *who)

    def pull(self) -> None:
        """From now on nothing arrives, either way, and nobody is told."""
        self.far("link", "set", self.end, "down")

    def plug(self) -> None:
        """Join the ends again."""
        self.far("link", "set", self.end, "up")

    def far(self, *words: str) -> None:
        """Run `ip` at the far end."""
        _ip("nsenter", "--target", str(self.holder), "--net", "ip", *words)


def possible() -> bool:
    """Whether networks can be made here."""
    if os.geteuid() != 0 or not all(shutil.which(tool) for tool in _TOOLS):
        return False
    made = "ip link add trkprobe type dummy || ip link add trkprobe type veth"
    return _tried("unshare", "--net", "sh", "-c", made)


@contextmanager
def cable() -> Generator[Cable]:
    """A namespace and the way to it."""
    holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    near, far = f"trk{holder.pid}a", f"trk{holder.pid}b"
    made = Cable(holder.pid, far)
    try:
        while _network(holder.pid) == _network(os.getpid()):
            pass
        peer = ("peer", "name", far, "netns", str(holder.pid))
        _ip("ip", "link", "add", near, "type", "veth", *peer)
        _ip("ip", "addr", "add", f"{NEAR}/30", "dev", near)
        _ip("ip", "link", "set", near, "up")
        made.far("addr", "add", f"{FAR}/30", "dev", far)
        made.far("link", "set", "lo", "up")
        made.plug()
        yield made
    finally:
        # The cable goes with the network at its end.
        holder.kill()
        holder.wait()


def _network(process: int) -> str:
    return os.readlink(Path(f"/proc/{process}/ns/net"))


def _ip(*words: str) -> None:
    subprocess.run(words, check=True)


def _tried(*words: str) -> bool:
    return subprocess.run(words, check=False, capture_output=True).returncode == 0
