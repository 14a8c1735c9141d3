-- Writes outside the log that came with an idempotency key, and what they were answered: sealed
-- under a key made of the caller's token, which is not here. Without an answer, one is under way.
create table app.request (
    id          uuid primary key,
    fingerprint bytea not null,
    asked_at    timestamptz not null,
    answer      bytea
);
create index request_asked on app.request (asked_at);
grant select, insert, update, delete on app.request to tracker_append;
