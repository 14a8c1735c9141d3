"""`tracker verify`: for auditors, who have a bundle and a key and nothing else of ours.

It stands apart from the other commands, which load the database: `tracker.__main__` comes here
directly. The folds of the views are loaded only for `--replay`.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click
import msgspec

from tracker.domain.errors import Disproved, Refused, TrackerError
from tracker.proof.progress import progress_bar
from tracker.proof.proved import Proved

if TYPE_CHECKING:
    from projections.refold import Compared

T = TypeVar("T")

_PROVED, _DISPROVED, _UNCHECKED = 0, 1, 2
_KEY_CHARACTERS = 1000
_NOTE_CHARACTERS = 1_000_000


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome for programs."""

    outcome: str
    reason: str | None = None
    position: int | None = None
    file: str | None = None
    proved: Proved | None = None
    replayed: "Sequence[Compared] | None" = None
    """View by view, where that was asked for and everything else is proved."""


@click.command("verify", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--key", "key_file", required=True, type=click.Path(path_type=Path),
    help="File with the verifier key of the log, from elsewhere than the bundle.",
)  # fmt: skip
@click.option(
    "--checkpoint", "checkpoints", multiple=True, type=click.Path(path_type=Path),
    help="File with a checkpoint that you know from elsewhere; may be repeated.",
)  # fmt: skip
@click.option(
    "--tsa-roots", "roots_file", type=click.Path(path_type=Path),
    help="File with root certificates (PEM) of time-stamping authorities that you believe.",
)  # fmt: skip
@click.option(
    "--replay", is_flag=True,
    help="Fold the events again and compare the rows with the dumps of the views.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify_bundle(
    bundle: Path,
    key_file: Path,
    checkpoints: tuple[Path, ...],
    roots_file: Path | None,
    replay: bool,
    as_json: bool,
) -> None:
    """Check every byte that BUNDLE holds, offline. Exit codes: 0 proved, 1 disproved, 2 not checkable."""
    # The other commands do not wait for it.
    from tracker.proof.note import VerifierKey
    from tracker.proof.verify import verify

    try:
        key = _named(key_file, VerifierKey.parse, _text(key_file, _KEY_CHARACTERS))
        known = [(str(path), _text(path, _NOTE_CHARACTERS)) for path in checkpoints]
        roots = _text(roots_file, _NOTE_CHARACTERS).encode() if roots_file else None
        with progress_bar("events") as progress:
            proved = verify(bundle, key, known, tsa_roots=roots, progress=progress)
        replayed = _replayed(bundle) if replay else None
    except Disproved as fault:
        answer = Answer(
            outcome="disproved", reason=fault.message, position=fault.position, file=fault.file
        )
        _end(answer, f"NOT PROVED: {fault.message}", as_json, _DISPROVED)
    except TrackerError as fault:
        answer = Answer(outcome="unchecked", reason=fault.message)
        _end(answer, f"Could not check: {fault.message}", as_json, _UNCHECKED)
    if replayed is not None:
        _end_replayed(proved, replayed, as_json)
    _end(Answer(outcome="proved", proved=proved), _sentence(proved), as_json, _PROVED)


def _replayed(bundle: Path) -> "list[Compared]":
    from projections import VIEWS
    from projections.refold import refold

    with progress_bar("folded") as progress:
        return refold(bundle, VIEWS, progress)


def _end_replayed(proved: Proved, replayed: "list[Compared]", as_json: bool) -> NoReturn:
    """One view that differs disproves; one that was not compared leaves it open."""
    differing = [one for one in replayed if one.outcome == "differs"]
    open_ones = [one for one in replayed if one.outcome == "not compared"]
    lines = [f"View {one.view} is not what the log gives: {one.reason}." for one in differing]
    lines += [f"View {one.view} was not compared: {one.reason}." for one in open_ones]
    if not replayed:
        lines.append("The bundle says nothing of views.")
    rows = sum(one.rows or 0 for one in replayed if one.outcome == "equal")
    equal = len(replayed) - len(differing) - len(open_ones)
    held = f"Views: {equal} of {len(replayed)} are what the log gives, {rows} rows."
    if differing:
        answer = Answer(outcome="disproved", reason=lines[0], proved=proved, replayed=replayed)
        _end(answer, "\n".join(("NOT PROVED:", *lines, held)), as_json, _DISPROVED)
    if lines:
        answer = Answer(outcome="unchecked", reason=lines[0], proved=proved, replayed=replayed)
        told = ("Could not check all views:", *lines, held, "Without them:", _sentence(proved))
        _end(answer, "\n".join(told), as_json, _UNCHECKED)
    answer = Answer(outcome="proved", proved=proved, replayed=replayed)
    _end(answer, f"{_sentence(proved)}\n{held}", as_json, _PROVED)


def main() -> None:
    """Run the one command of auditors, as `tracker verify …`."""
    verify_bundle(args=sys.argv[2:], prog_name="tracker verify")


def _end(answer: Answer, sentence: str, as_json: bool, code: int) -> NoReturn:
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())
    if not as_json or code:
        click.echo(sentence, err=code != _PROVED)
    sys.exit(code)


def _sentence(proved: Proved) -> str:
    within = f" with one of the tags {', '.join(proved.tags)}" if proved.tags else ""
    lines = [
        f"Proved: {proved.proved}.",
        f"Log {proved.origin}, {proved.events} events, root {proved.root}.",
        f"Payloads up to position {proved.until}{within}: {proved.payloads} are what was"
        f" recorded, {proved.erased} were erased by an event in the log.",
        f"Evidence: {proved.evidence} pieces are what the documents name.",
        f"Checkpoints besides its own that it agrees with: {proved.checkpoints}.",
        f"Dumps of views that are the signed ones: {len(proved.views)}.",
    ]
    return "\n".join(lines)


def _named(path: Path, parse: Callable[[str], T], text: str) -> T:
    """What a file holds; a refusal says which file it is about."""
    try:
        return parse(text)
    except Refused as fault:
        raise Refused(f"{path}: {fault.message}") from None


def _text(path: Path, most: int) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(most + 1)
    except OSError as fault:
        raise Refused(f"{path}: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise Refused(f"{path} is no text") from None
    if len(text) > most:
        raise Refused(f"{path} has more than {most} characters")
    return text
