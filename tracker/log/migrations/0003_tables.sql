-- Ordinary rows: they may change and be deleted, and nothing in the log depends on them.
create table app.users (
    id         uuid primary key,
    name       text not null unique check (name <> ''),
    role       text not null check (role in ('reader', 'analyst', 'auditor', 'admin', 'system')),
    created_at timestamptz not null
);
-- One table for everything that proves who somebody is; only the SHA-256 of the secret is kept.
create table app.credential (
    secret_sha256 bytea primary key,
    kind          text not null check (kind in ('token', 'session', 'login-link')),
    user_id       uuid not null references app.users on delete cascade,
    label         text,
    created_at    timestamptz not null,
    expires_at    timestamptz
);
create index credential_user on app.credential (user_id, kind);

create table app.channel (
    id         uuid primary key,
    owner      text not null,
    kind       text not null,
    settings   jsonb not null,
    created_at timestamptz not null,
    closed     text
);

create table app.feed_schedule (
    feed          text primary key,
    next_at       timestamptz not null,
    etag          text,
    last_modified text,
    outcome       text,
    message       text,
    polled_at     timestamptz,
    succeeded_at  timestamptz,
    failures      int not null default 0,
    fence         bigint not null default 0,
    leased_until  timestamptz
);
create index feed_schedule_due on app.feed_schedule (next_at);

grant select, insert, update, delete on all tables in schema app to tracker_append;
grant select on app.channel to tracker_deliver;
grant update (closed) on app.channel to tracker_deliver;

-- What this log is, for its doors: whether it is the sample, and which clock it opens on.
create table app.setting (
    name  text primary key,
    value text not null
);
grant select, insert, update, delete on app.setting to tracker_append;
