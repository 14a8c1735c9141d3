-- What is held back, until when and why; what is never sent, and why; what was acknowledged.
alter table alert.owed
    add column about           uuid,
    add column channel         text,
    add column held_until      timestamptz,
    add column held_because    text,
    add column dropped         text,
    add column acknowledged_at timestamptz,
    add column acknowledged_by text;
update alert.owed set about = event;
alter table alert.owed alter column about set not null;
comment on column alert.owed.about is 'the fact or draft that it is about, whatever event says so';
create index owed_about on alert.owed (about);
create index owed_due on alert.owed (held_until) where message is null and dropped is null;
drop index alert.owed_held;
