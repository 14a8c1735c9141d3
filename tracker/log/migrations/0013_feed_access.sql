-- How single feeds are reached: request headers and a proxy, sealed under a key that is not here.
create table app.feed_access (
    feed       text not null,
    kind       text not null check (kind in ('headers', 'proxy')),
    names      text[] not null,
    sealed     bytea not null,
    changed_at timestamptz not null,
    primary key (feed, kind)
);
grant select, insert, update, delete on app.feed_access to tracker_append;
