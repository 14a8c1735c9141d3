-- Who does work that one process at a time may do. The fence counts the owners; a lease that ran
-- out is anybody's.
create table app.lease (
    name  text primary key,
    owner text not null,
    fence bigint not null,
    until timestamptz not null
);
grant select, insert, update, delete on app.lease to tracker_append, tracker_view, tracker_deliver;

-- Which tables a view has, and how its last batch went.
alter table view.checkpoint
    add column tables text[] not null default '{}',
    add column batch int not null default 0,
    add column folds_per_s double precision not null default 0;

-- What a rebuild put aside, for going back to it.
create table view.kept (
    name     text primary key,
    version  int not null,
    position bigint not null,
    tables   text[] not null,
    kept_at  timestamptz not null default clock_timestamp()
);
grant select, insert, update, delete on view.kept to tracker_view, tracker_rebuild;
grant select on view.kept to tracker_append, tracker_deliver;

-- Whoever rebuilds the views owns their tables and may replace them; whoever folds writes rows.
do $$
declare
    name text;
begin
    for name in
        select tablename from pg_tables
        where schemaname = 'view' and tableowner = 'tracker_view'
    loop
        execute format('alter table view.%I owner to tracker_rebuild', name);
        execute format('grant select, insert, update, delete on view.%I to tracker_view', name);
    end loop;
end
$$;
