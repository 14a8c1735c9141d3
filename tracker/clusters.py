"""The cluster in a data folder as it lies on the disk: whose it is, of which version, what is put aside."""

import contextlib
import os
import pwd
from pathlib import Path

from tracker.binaries import wheel_version
from tracker.domain.errors import Refused

SERVICE_USERS = ("policy-tracker", "postgres", "nobody")


def unusable(folder: Path, error: OSError) -> Refused:
    """Why a data folder cannot be used."""
    return Refused(f"the data folder {folder} cannot be used: {error.strerror}", field="data")


def user_of(folder: Path) -> tuple[int, int]:
    """Who runs PostgreSQL for a data folder: user and group; Refused where root finds nobody."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    for path in (folder / "postgres", folder):
        if path.exists() and path.stat().st_uid != 0:
            return path.stat().st_uid, path.stat().st_gid
    for name in SERVICE_USERS:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return user.pw_uid, user.pw_gid
    raise Refused("PostgreSQL does not run as root: add a system user named policy-tracker")


def check_cluster(folder: Path) -> None:
    """Refuse a cluster that the PostgreSQL which the tracker brings cannot open."""
    cluster, brought = folder / "postgres", wheel_version().split(".")[0]
    if not cluster.exists():
        if set_aside(folder):
            raise Refused(
                f"an upgrade of {folder} is going on or was interrupted: run tracker upgrade",
                field="data",
            )
        return
    made_by = cluster_version(folder)
    if made_by != brought:
        raise Refused(
            f"{cluster} was made by PostgreSQL {made_by} and cannot be opened by "
            f"PostgreSQL {brought}, which this tracker brings: run tracker upgrade",
            field="data",
        )


def cluster_version(folder: Path) -> str:
    """The major version of PostgreSQL that made the folder's cluster; Refused where it has none."""
    cluster = folder / "postgres"
    try:
        return (cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise Refused(f"{cluster} is not a PostgreSQL cluster", field="data") from None
    except OSError as error:
        raise unusable(folder, error) from error


def set_aside(folder: Path) -> list[Path]:
    """The clusters of older versions that an upgrade put aside, each in a folder of its own."""
    return sorted(path.parent for path in folder.glob("postgres-*/postgres"))
