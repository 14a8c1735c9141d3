"""The statements that read messages with their alerts, for whoever looks or reads on."""

_COLUMNS = """
select m.id, m.kind, m.subscription, m.channel, m.position, m.note, m.owed_at, m.sent_at,
       (select coalesce(jsonb_agg(jsonb_build_object(
               'id', o.id, 'event', o.event, 'position', o.position, 'kind', o.kind,
               'matched', o.matched, 'refers', o.refers,
               'acknowledged_at', o.acknowledged_at) order by o.position, o.id), '[]')
        from alert.owed o where o.message = m.id),
       m.attempts, m.number, m.status, m.due_at, m.next_at, m.delivered_at
"""
MESSAGES = (
    _COLUMNS
    + """
from alert.message m
where (%(id)s::uuid is null or m.id = %(id)s)
  and (%(subscriptions)s::text[] is null or m.subscription = any (%(subscriptions)s))
  and (%(status)s::text is null or m.status = %(status)s)
  and (%(before)s::bigint is null or (m.position, m.number) < (%(before)s, %(number)s))
order by m.position desc, m.number desc limit %(limit)s
"""
)
# What can be read is there at once; quiet hours and the like are for what is sent.
TOLD = (
    _COLUMNS
    + """
from alert.message m
where m.subscription = %(subscription)s and m.status <> 'cancelled'
  and m.number > %(number)s and m.position > %(position)s
order by m.number limit %(limit)s
"""
)
LATEST = (
    _COLUMNS
    + """
from alert.message m
where m.subscription = %(subscription)s and m.status <> 'cancelled'
order by m.number desc limit %(limit)s
"""
)
ATTEMPTS = """
select message, number, channel, attempted_at, status, latency_ms,
       encode(response_sha256, 'hex'), error
from alert.attempt where message = any (%(messages)s) order by message, number
"""
