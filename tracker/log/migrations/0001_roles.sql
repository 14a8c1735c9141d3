-- The roles of the house. They hold no password and, unless an administrator says so, no login;
-- whoever migrates may take them on. On a server with many databases they are shared.
do $$
declare
    name text;
begin
    foreach name in array array['tracker_append', 'tracker_view', 'tracker_rebuild',
                                'tracker_deliver', 'tracker_erase']
    loop
        begin
            if not exists (select from pg_roles where rolname = name) then
                execute format('create role %I nologin', name);
            end if;
        exception when duplicate_object or unique_violation then
            null;  -- another database of this server migrates at the same moment
        end;
        -- From PostgreSQL 16 on, whoever makes a role is a member that may grant it and not take
        -- it on: only a grant of one's own allows SET ROLE. Who may not grant was granted it.
        begin
            execute format('grant %I to session_user', name);
        exception
            when unique_violation then null;
            when insufficient_privilege then
                if not pg_has_role(session_user, name, 'member') then
                    raise;
                end if;
        end;
    end loop;
end
$$;

create schema log;
create schema app;
create schema view;
create schema alert;

grant usage on schema log to tracker_append, tracker_view, tracker_rebuild, tracker_deliver,
    tracker_erase;
grant usage on schema app to tracker_append, tracker_view, tracker_deliver;
grant usage on schema view to tracker_append, tracker_deliver;
grant usage, create on schema view to tracker_view, tracker_rebuild;
grant usage on schema alert to tracker_append, tracker_deliver;
