"""Alerts that their reader comes for: as Atom, as JSON Feed or as a stream of events."""

from datetime import datetime

import msgspec

from projections.alerts.channel import Channel, Means, Outgoing, Verdict


class PullSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to set: the address to read at belongs to the subscription."""


async def send(settings: PullSettings, message: Outgoing, means: Means, now: datetime) -> Verdict:
    """What is laid out is delivered."""
    return Verdict(outcome="delivered")


PULL = Channel(kind="pull", settings=PullSettings, send=send)
