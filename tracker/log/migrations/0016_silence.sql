-- What assures subscribers that silence means that nothing happened. Subscriptions that were opened
-- before are not confirmed any more, and what was due before the first look is never sent.
insert into alert.cursor (name, position)
    select 'confirmation', coalesce(max(position), 0) from log.event;
create table alert.weekly_through (
    only_row boolean primary key default true check (only_row),
    moment   timestamptz not null
);

-- The times in which a feed could not be read.
create table alert.blind_spot (
    feed     text not null,
    since    timestamptz not null,
    ended_at timestamptz,
    primary key (feed, since)
);
create unique index blind_spot_now on alert.blind_spot (feed) where ended_at is null;

-- An erasure finds the notes that have words of what it erases.
create index message_note on alert.message using gin ((note -> 'events')) where note is not null;

grant select, insert, update on alert.weekly_through, alert.blind_spot to tracker_deliver;
grant select on alert.weekly_through, alert.blind_spot to tracker_append;
grant select on app.feed_schedule to tracker_deliver;
