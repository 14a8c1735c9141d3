-- How far each view has folded the log. The tables of the views are not migrated: a view whose
-- version changed is folded again beside the old one and swapped.
create table view.checkpoint (
    name       text primary key,
    version    int not null,
    position   bigint not null,
    updated_at timestamptz not null default clock_timestamp(),
    halted     text
);
create table view.dead_letter (
    name      text not null,
    position  bigint not null,
    reason    text not null,
    failed_at timestamptz not null default clock_timestamp(),
    primary key (name, position)
);
grant select, insert, update, delete on view.checkpoint, view.dead_letter
    to tracker_view, tracker_rebuild;
grant select on view.checkpoint, view.dead_letter to tracker_append, tracker_deliver;
