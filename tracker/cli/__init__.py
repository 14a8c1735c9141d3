"""The `tracker` command: one file a noun, errors in one line, documented exit codes.

Exit codes: 0 done, 1 a fault of the tracker, 2 refused input, 3 not found, 4 conflict,
5 not allowed, 6 a dependency is away (trying again may help).
"""

import sys

import click

from tracker import __version__
from tracker.auditor import verify_bundle
from tracker.cli.alerts import alerts
from tracker.cli.backup import backup, restore, upgrade
from tracker.cli.calendar import calendar
from tracker.cli.channel import channel
from tracker.cli.checkpoint import checkpoint
from tracker.cli.conflicts import conflicts
from tracker.cli.correct import correct, corroborate, retract
from tracker.cli.diff import diff
from tracker.cli.doctor import doctor
from tracker.cli.document import document
from tracker.cli.erase import erase
from tracker.cli.evidence import evidence
from tracker.cli.exhibit import exhibit
from tracker.cli.export import export
from tracker.cli.extract import extract
from tracker.cli.feed import feed
from tracker.cli.import_ import import_
from tracker.cli.inbox import inbox
from tracker.cli.mail import mail
from tracker.cli.merge import merge
from tracker.cli.migrate import migrate
from tracker.cli.name import name
from tracker.cli.proof import proof
from tracker.cli.rebuild import rebuild
from tracker.cli.record import record
from tracker.cli.relate import relate, resolve
from tracker.cli.replay import replay
from tracker.cli.serve import serve
from tracker.cli.show import show
from tracker.cli.status import status
from tracker.cli.subscribe import subscribe
from tracker.cli.timeline import timeline
from tracker.cli.up import up
from tracker.cli.user import user
from tracker.cli.work import work
from tracker.domain.errors import (
    Conflict,
    Forbidden,
    NotFound,
    Refused,
    TrackerError,
    Unavailable,
)

COMMANDS = (
    up,
    serve,
    work,
    migrate,
    record,
    correct,
    retract,
    corroborate,
    relate,
    resolve,
    merge,
    name,
    document,
    extract,
    feed,
    import_,
    inbox,
    show,
    timeline,
    conflicts,
    calendar,
    diff,
    replay,
    channel,
    subscribe,
    alerts,
    user,
    status,
    doctor,
    mail,
    rebuild,
    checkpoint,
    proof,
    export,
    verify_bundle,
    evidence,
    exhibit,
    erase,
    backup,
    restore,
    upgrade,
)
_EXIT_CODES: tuple[tuple[type[TrackerError], int], ...] = (
    (Refused, 2),
    (NotFound, 3),
    (Conflict, 4),
    (Forbidden, 5),
    (Unavailable, 6),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tracker")
def tracker() -> None:
    """A dated, sourced record of who may enter where, who said what and what changed."""


for command in COMMANDS:
    tracker.add_command(command)


def exit_code(error: TrackerError) -> int:
    """The documented exit code for an error."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), 1)


def main() -> None:
    """Run the command line; an error is one line on standard error."""
    try:
        tracker()
    except TrackerError as error:
        click.echo(f"tracker: {error.message}", err=True)
        sys.exit(exit_code(error))
