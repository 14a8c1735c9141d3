-- Which page is fetched next and how the last visit went: of an item whose feed only gave a teaser,
-- and of a document that a fact cites. No row holds an address: what is erased leaves none behind.
create table app.page (
    document      text primary key,
    host          text not null,
    next_at       timestamptz,
    cited_at      timestamptz,
    etag          text,
    last_modified text,
    outcome       text,
    message       text,
    visited_at    timestamptz,
    failures      int not null default 0,
    fence         bigint not null default 0,
    leased_until  timestamptz
);
create index page_due on app.page (next_at) where next_at is not null;

-- Which events cite a document, so that a changed text can be held against their quotes; and up to
-- where the log has been read for it.
create table app.citation (
    document text not null,
    event    uuid not null,
    primary key (document, event)
);
create table app.citations_through (
    only_row boolean primary key default true check (only_row),
    position bigint not null
);
grant select, insert, update, delete on app.page, app.citation to tracker_append;
grant select, insert, update on app.citations_through to tracker_append;
