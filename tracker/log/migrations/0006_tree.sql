-- The RFC 6962 tree over the leaves, in full tiles of 256 hashes; what is not full is made on read.
-- A hash of level n stands for 256^n leaves; the root of a tile is one hash of the level above.
create table log.tile (
    level  int not null check (level between 0 and 6),
    number bigint not null check (number >= 0),
    hashes bytea not null check (length(hashes) = 8192),
    root   bytea not null check (length(root) = 32),
    primary key (level, number)
);
-- Hashes do not compress; PostgreSQL would try with every tile.
alter table log.tile alter hashes set storage external;
comment on column log.tile.hashes is 'entry k is the hash of subtree 256 × number + k of this level';
create trigger append_only before update or delete or truncate on log.tile
    for each statement execute function log.refuse_change();
grant select on log.tile
    to tracker_append, tracker_view, tracker_rebuild, tracker_deliver, tracker_erase;

-- The root of a full tile: eight rounds, each hashing neighbours in pairs.
create function log.root_of(p_hashes bytea) returns bytea
    language plpgsql immutable strict parallel safe as $$
declare
    hashes bytea := p_hashes;
begin
    while length(hashes) > 32 loop
        -- A series comes in its own order.
        select string_agg(sha256('\x01'::bytea || substr(hashes, 64 * k + 1, 64)), ''::bytea)
            into hashes from generate_series(0, length(hashes) / 64 - 1) k;
    end loop;
    return hashes;
end
$$;

-- Store the tiles that are full at a head and not there yet. Called under the lock of the append, so
-- that two never make the same tile. What an older version appended beside this migration is caught
-- up with too, so it goes on from the tiles and not from the head before.
create function log.grow_tree(p_head bigint) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    height int := 0;
    low    bigint;
    high   bigint := p_head >> 8;
    hashes bytea;
begin
    loop
        select coalesce(max(number) + 1, 0) into low from log.tile where level = height;
        exit when low >= high;
        for at in low .. high - 1 loop
            if height = 0 then
                select string_agg(leaf_hash, ''::bytea order by position) into hashes
                    from log.event
                    where position > at * 256 and position <= at * 256 + 256;
            else
                select string_agg(root, ''::bytea order by number) into hashes
                    from log.tile
                    where level = height - 1 and number >= at * 256 and number < at * 256 + 256;
            end if;
            insert into log.tile (level, number, hashes, root)
                values (height, at, hashes, log.root_of(hashes));
        end loop;
        height := height + 1;
        high := high >> 8;
    end loop;
end
$$;
revoke all on function log.grow_tree(bigint) from public;

select log.grow_tree(coalesce((select max(position) from log.event), 0));

-- Whoever brings in history by COPY, under the same lock as every append.
do $$
begin
    begin
        if not exists (select from pg_roles where rolname = 'tracker_import') then
            create role tracker_import nologin;
        end if;
    exception when duplicate_object or unique_violation then
        null;  -- another database of this server migrates at the same moment
    end;
    begin
        grant tracker_import to session_user;
    exception
        when unique_violation then null;
        when insufficient_privilege then
            if not pg_has_role(session_user, 'tracker_import', 'member') then
                raise;
            end if;
    end;
end
$$;
grant usage on schema log to tracker_import;
grant select on all tables in schema log to tracker_import;
grant insert on log.event, log.event_tag, log.payload, log.tile to tracker_import;
grant execute on function log.grow_tree(bigint) to tracker_import;
