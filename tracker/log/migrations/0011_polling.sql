-- What a poller remembers of a feed between polls, why its next turn is when it is, and from when on
-- its silence is longer than it ever was.
alter table app.feed_schedule
    add column host        text not null default '',
    add column reason      text,
    add column memory      jsonb not null default '{}',
    add column last_new_at timestamptz,
    add column quiet_after timestamptz;

-- One host is asked by one poller at a time, whatever process that is in; the figures say how it was
-- treated since its first poll.
create table app.feed_host (
    host      text primary key,
    free_at   timestamptz not null,
    polls     bigint not null default 0,
    requests  bigint not null default 0,
    unchanged bigint not null default 0,
    bytes     bigint not null default 0,
    waits     bigint not null default 0
);
grant select, insert, update, delete on app.feed_host to tracker_append;
