-- The roles of the tracker on a PostgreSQL of your own, each with a login, and its database.
-- Run as a superuser, once:  psql -f roles.sql -v password="'a long word of chance'"
-- Then TRACKER_DATABASE_URL=postgresql://{role}:…@host/tracker, or a password file (~/.pgpass).
-- Nobody here is a superuser, may make roles or databases, or bypass what rows are hidden.
\set ON_ERROR_STOP on

create role tracker_migrate login password :password;
create role tracker_append login password :password;
create role tracker_import login password :password;
create role tracker_view login password :password;
create role tracker_rebuild login password :password;
create role tracker_deliver login password :password;
create role tracker_erase login password :password;

-- Whoever migrates owns the tables and hands out the rights; the others get no more than those.
grant tracker_append, tracker_import, tracker_view, tracker_rebuild, tracker_deliver, tracker_erase
    to tracker_migrate;

create database tracker owner tracker_migrate encoding 'UTF8' template template0;
revoke all on database tracker from public;
grant connect on database tracker to tracker_append, tracker_import, tracker_view,
    tracker_rebuild, tracker_deliver, tracker_erase;
