"""The canonical form of the delivery log, its hashes, and where two of them differ."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from tracker.domain.audit import AlertsReported

GROUPS = 64
"""In so many parts at most an hour is hashed besides, so that what was changed is found."""
_encoder = msgspec.json.Encoder(order="sorted")


class Line(msgspec.Struct, frozen=True, gc=False):
    """An attempt in its canonical form; every field stands in the line, null where it is not known."""

    id: int
    message: UUID
    number: int
    channel: str | None
    attempted_at: datetime
    status: int | None
    latency_ms: int | None
    response_sha256: str | None
    error: str | None

    @classmethod
    def of(cls, number: int, message: UUID, nth: int, channel: str | None, at: datetime,
           status: int | None, latency_ms: int | None, response_sha256: str | None,
           error: str | None) -> "Line":  # fmt: skip
        """The line of a row, whatever zone the database gives its times in."""
        at = at.astimezone(UTC)
        return cls(number, message, nth, channel, at, status, latency_ms, response_sha256, error)


class Audited(msgspec.Struct, frozen=True):
    """What an audit found: sealed attempts by the reports' word, the last, and how many wait."""

    reports: int
    attempts: int
    through: int
    unsealed: int
    faults: list["Fault"]


class Fault(msgspec.Struct, frozen=True):
    """Where the delivery log does not fit the report at a position."""

    position: int
    sentence: str


class Seal:
    """Hashes attempts of a range of numbers as they come, in their order."""

    def __init__(self, after: int, through: int, width: int | None = None) -> None:
        self.after = after
        self.through = through
        self.width = width or max(1, -(-(through - after) // GROUPS))
        self.count = 0
        self.named: dict[int, Line] = {}
        """Number → the attempt, where each is a group of its own."""
        self._whole = hashlib.sha256()
        self._groups = [hashlib.sha256() for _ in range(-(-(through - after) // self.width))]

    def add(self, line: Line) -> None:
        """Take in the next attempt."""
        text = _encoder.encode(line) + b"\n"
        self.count += 1
        self._whole.update(text)
        self._groups[(line.id - self.after - 1) // self.width].update(text)
        if self.width == 1:
            self.named[line.id] = line

    def report(self) -> AlertsReported:
        """What there is to put on record."""
        return AlertsReported(
            after=self.after,
            through=self.through,
            count=self.count,
            sha256=self._whole.hexdigest(),
            width=self.width,
            groups=tuple(group.hexdigest() for group in self._groups),
        )


def differing(report: AlertsReported, seal: Seal) -> Iterator[str]:
    """In words, where the attempts that are there now differ from those that were reported."""
    found = seal.report()
    if found == report:
        return
    if found.count != report.count:
        yield f"of {report.count} attempts that were reported, {found.count} are there"
    nothing = hashlib.sha256().hexdigest()
    for group, (then, now) in enumerate(zip(report.groups, found.groups, strict=False)):
        if then == now:
            continue
        first = report.after + group * report.width + 1
        if report.width > 1:
            last = min(first + report.width - 1, report.through)
            yield f"of the attempts {first} to {last}, at least one is not as it was reported"
        elif now == nothing:
            yield f"attempt {first} is missing"
        else:
            line = seal.named[first]
            which = f"attempt {first}, number {line.number} of the message {line.message},"
            yield f"{which} {'was not there' if then == nothing else 'is not as it was reported'}"
    if found.groups == report.groups:
        yield "its attempts are as reported, its own hash or number is not"
