-- What is owed, and the messages that tell it: one message may hold many alerts, and an alert that
-- is held back is in none. The id of a message that holds one alert is the alert's.
create table alert.owed (
    id           uuid primary key,
    subscription text not null,
    event        uuid not null,
    position     bigint not null,
    kind         text not null default 'alert'
                 check (kind in ('alert', 'update', 'cancel', 'reminder')),
    matched      jsonb not null,
    refers       uuid[] not null default '{}',
    owed_at      timestamptz not null default clock_timestamp(),
    message      uuid,
    unique (subscription, event)
);
comment on column alert.owed.refers is 'the earlier alerts that an update or a cancel is about';
insert into alert.owed (id, subscription, event, position, matched, owed_at, message)
    select id, subscription, event, position, matched, owed_at, id from alert.message;
alter table alert.owed add foreign key (message) references alert.message;
create index owed_message on alert.owed (message);
create index owed_event on alert.owed (event);
create index owed_held on alert.owed (subscription) where message is null;

alter table alert.message
    drop column event,
    drop column matched,
    alter column subscription drop not null,
    add column kind text not null default 'alert' check (kind in
        ('alert', 'digest', 'update', 'cancel', 'reminder', 'notice', 'confirmation', 'silence')),
    add column note jsonb,
    add column due_at timestamptz,
    add column sent_at timestamptz,
    add column begun int not null default 0,
    add column begun_at timestamptz,
    add column number bigint generated always as identity;
update alert.message set due_at = owed_at, begun_at = owed_at;
alter table alert.message
    alter column due_at set not null,
    alter column begun_at set not null;
comment on column alert.message.note is 'what a message says that is not about events';
comment on column alert.message.sent_at is 'when it was first claimed to be sent';
comment on column alert.message.begun is 'the attempts made before its schedule began anew';
comment on column alert.message.number is
    'the order in which messages were made, under the lock of the cursor: whoever reads on misses none';
create index message_owed on alert.message (channel) where status = 'owed';
create index message_of on alert.message (subscription, number);

alter table alert.attempt add column channel text;

-- How an endpoint has been lately: it is left alone until `open_until`, then asked with one message.
create table alert.circuit (
    channel    text primary key,
    failures   int not null,
    open_until timestamptz
);

-- Settings stand in clear or sealed. What cannot be delivered goes on through the fallback.
alter table app.channel
    alter column settings drop not null,
    add column sealed bytea,
    add column fallback uuid references app.channel on delete set null,
    add check ((settings is null) <> (sealed is null));

grant select, insert, update on alert.owed to tracker_deliver;
grant select, insert, update, delete on alert.circuit to tracker_deliver;
grant select on alert.owed, alert.circuit to tracker_append;
grant select on app.setting to tracker_deliver;

-- What the tokens of links are made with: reading a subscription's alerts, and unsubscribing.
insert into app.setting (name, value)
    values ('link-key', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
