-- Whoever answers or works sees whether the database is at its version, without the owner's rights.
grant select on public.tracker_migration to tracker_append;
