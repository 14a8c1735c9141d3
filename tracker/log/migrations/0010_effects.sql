-- Up to when it has been looked which changes take effect, and how far the log was then. What began
-- before the row was made is never told: a tracker that starts on an old log is silent about it.
create table app.effects_through (
    only_row boolean primary key default true check (only_row),
    moment   timestamptz not null,
    position bigint not null
);
grant select, insert, update on app.effects_through to tracker_append;
