-- What imports would have told and did not, since nobody asked for it: a count and no rows.
create table alert.imported (
    import         uuid not null,
    subscription   text not null,
    alerts         bigint not null,
    first_position bigint not null,
    last_position  bigint not null,
    counted_at     timestamptz not null,
    primary key (import, subscription)
);
comment on column alert.imported.import is 'the correlation id of its events';
create index imported_last on alert.imported (last_position);
grant select, insert, update on alert.imported to tracker_deliver;
grant select on alert.imported to tracker_append;

-- When a channel was closed by whom it leads to, and opened again by its owner.
create table app.channel_change (
    number     bigint generated always as identity primary key,
    channel    uuid not null references app.channel on delete cascade,
    changed_at timestamptz not null,
    change     text not null check (change in ('closed', 'reopened')),
    by         text,
    reason     text
);
create index channel_change_of on app.channel_change (channel);
insert into app.channel_change (channel, changed_at, change, reason)
    select id, clock_timestamp(), 'closed', closed from app.channel where closed is not null;
grant select, insert on app.channel_change to tracker_append;
grant insert on app.channel_change to tracker_deliver;

-- Attempts get numbers, so that a report can seal all up to one. Whoever numbers an attempt holds a
-- lock until it is committed or gone: under the same lock, alone, all up to the last are there.
create sequence alert.attempt_id;
create function alert.next_attempt() returns bigint language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7307, 1);
    return nextval('alert.attempt_id');
end
$$;
alter table alert.attempt add column id bigint;
alter table alert.attempt disable trigger append_only;
update alert.attempt a set id = numbered.id
from (select message, number, row_number() over (order by attempted_at, message, number) as id
      from alert.attempt) numbered
where a.message = numbered.message and a.number = numbered.number;
alter table alert.attempt enable trigger append_only;
select setval('alert.attempt_id', greatest(1, (select count(*) from alert.attempt)),
              exists (select from alert.attempt));
alter table alert.attempt
    alter column id set default alert.next_attempt(),
    alter column id set not null,
    add unique (id);
grant usage on sequence alert.attempt_id to tracker_deliver;
