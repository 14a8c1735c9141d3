"""Alerts: what is owed because of an event, to whom, and how it gets there.

    log ─ matcher ─→ alert.message (owed) ─ deliverer ─→ compose ─→ channel ─→ verdict ─→ attempt

A rebuild of views reaches none of this: the matcher has a cursor of its own, and the roles that
fold have no right to write here.
"""

from projections.alerts.channel import Channel
from projections.alerts.channels.email import EMAIL
from projections.alerts.channels.pull import PULL
from projections.alerts.channels.webhook import WEBHOOK

CHANNELS: tuple[Channel, ...] = (WEBHOOK, EMAIL, PULL)
