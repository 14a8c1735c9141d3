-- What is owed to whom. The matcher has a cursor of its own, which no rebuild of a view resets.
create table alert.cursor (
    name     text primary key,
    position bigint not null
);
create table alert.message (
    id           uuid primary key,
    subscription text not null,
    event        uuid not null,
    position     bigint not null,
    matched      jsonb not null,
    channel      text not null,
    owed_at      timestamptz not null default clock_timestamp(),
    status       text not null default 'owed'
                 check (status in ('owed', 'delivered', 'dead', 'cancelled')),
    attempts     int not null default 0,
    next_at      timestamptz not null default clock_timestamp(),
    fence        bigint not null default 0,
    leased_until timestamptz,
    delivered_at timestamptz,
    unique (subscription, event)
);
create index message_due on alert.message (next_at) where status = 'owed';

create table alert.attempt (
    message         uuid not null references alert.message,
    number          int not null,
    attempted_at    timestamptz not null,
    status          int,
    latency_ms      int,
    response_sha256 bytea,
    error           text,
    primary key (message, number)
);
create trigger append_only before update or delete or truncate on alert.attempt
    for each statement execute function log.refuse_change();

grant select, insert, update on alert.cursor, alert.message to tracker_deliver;
grant select, insert on alert.attempt to tracker_deliver;
grant select on all tables in schema alert to tracker_append;
