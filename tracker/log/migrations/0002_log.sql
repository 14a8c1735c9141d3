-- The log: an envelope a row, its tags, its payload apart so that erasure leaves every proof valid.
create table log.event (
    position    bigint primary key check (position > 0),
    id          uuid not null unique,
    type        text not null,
    recorded_at timestamptz not null,
    leaf        bytea not null,
    leaf_hash   bytea not null
);
comment on column log.event.leaf is 'the exact bytes that are hashed: canonical JSON';
comment on column log.event.leaf_hash is 'RFC 6962: SHA-256 of 0x00 and the leaf';
create index event_recorded_at on log.event (recorded_at, position);

create table log.event_tag (
    tag      text collate "C" not null,
    position bigint not null,
    type     text not null,
    primary key (tag, position) include (type)
);

create table log.payload (
    position bigint primary key,
    salt     bytea not null,
    payload  bytea not null
);

create function log.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the log is append-only: % on %.% is refused',
        tg_op, tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end
$$;

create trigger append_only before update or delete or truncate on log.event
    for each statement execute function log.refuse_change();
create trigger append_only before update or delete or truncate on log.event_tag
    for each statement execute function log.refuse_change();
-- A payload may be deleted (by the role that erases), never changed.
create trigger append_only before update or truncate on log.payload
    for each statement execute function log.refuse_change();

-- Whether an event after a position fits a query: items are OR, types are OR, tags are AND.
create function log.fits(p_after bigint, p_items jsonb) returns boolean
    language plpgsql stable as $$
declare
    item  jsonb;
    tags  text[];
    types text[];
begin
    for item in select jsonb_array_elements(p_items)
    loop
        tags := array(select distinct jsonb_array_elements_text(item -> 'tags'));
        types := array(select jsonb_array_elements_text(item -> 'types'));
        if cardinality(tags) = 0 and cardinality(types) = 0 then
            if exists (select from log.event where position > p_after) then
                return true;
            end if;
        elsif cardinality(tags) = 0 then
            if exists (select from log.event_tag
                       where tag = any (select 'type:' || unnest(types))
                         and position > p_after) then
                return true;
            end if;
        elsif exists (
            select from log.event_tag t
            where t.tag = tags[1] and t.position > p_after
              and (cardinality(types) = 0 or t.type = any (types))
              and (cardinality(tags) = 1
                   or (select count(*) from log.event_tag other
                       where other.position = t.position and other.tag = any (tags[2:]))
                      = cardinality(tags) - 1)) then
            return true;
        end if;
    end loop;
    return false;
end
$$;

-- Append a batch of requests in order, each under its own condition; a conflict is a result.
-- The client sends each leaf as the bytes before the position and after the time: only the lock
-- gives those two. Event i of the batch belongs to request p_request[i], ascending from 1.
create function log.append(
    p_request int[], p_id uuid[], p_type text[], p_head bytea[], p_tail bytea[],
    p_salt bytea[], p_payload bytea[], p_tag_event int[], p_tag text[], p_conditions jsonb
) returns table (request int, outcome text, first_position bigint, last_position bigint,
                 stamped timestamptz)
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    -- A plan made while the log is small must still be right when it is large: every look-up here
    -- is by key, so plans are made once and only from index scans and nested loops.
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    at         bigint;
    before     bigint;
    last_stamp timestamptz;
    stamp      timestamptz;
    stamp_text text;
    low        int := 1;
    high       int;
    condition  jsonb;
    stored     int;
    same       int;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'appending needs READ COMMITTED: under % the head would be stale',
            current_setting('transaction_isolation');
    end if;
    perform pg_advisory_xact_lock(7305, 1);
    -- A statement of its own after the lock, so that it sees what the last holder committed.
    select e.position, e.recorded_at into at, last_stamp
        from log.event e order by e.position desc limit 1;
    at := coalesce(at, 0);
    before := at;
    stamp := greatest(clock_timestamp(), last_stamp);
    stamp_text := to_char(stamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

    while low <= cardinality(p_request) loop
        request := p_request[low];
        high := low;
        while high < cardinality(p_request) and p_request[high + 1] = request loop
            high := high + 1;
        end loop;

        select count(*), min(e.position), max(e.position), max(e.recorded_at),
               count(*) filter (
                   where right_bytes.same and (p.payload is null or p.payload = new.payload))
            into stored, first_position, last_position, stamped, same
            from unnest(p_id[low:high], p_tail[low:high], p_payload[low:high])
                     as new (id, tail, payload)
            join log.event e on e.id = new.id
            left join log.payload p on p.position = e.position
            cross join lateral (
                select substring(e.leaf from length(e.leaf) - length(new.tail) + 1) = new.tail
            ) as right_bytes (same);
        condition := p_conditions -> (request - 1);
        if stored > 0 then
            outcome := case when same = high - low + 1 then 'repeated' else 'other-content' end;
        elsif jsonb_typeof(condition) = 'object'
              and log.fits((condition ->> 'after')::bigint, condition -> 'items') then
            outcome := 'conflict';
        else
            outcome := 'appended';
            stamped := stamp;
            first_position := at + 1;
            last_position := at + high - low + 1;
            insert into log.event (position, id, type, recorded_at, leaf, leaf_hash)
                select at + n, new.id, new.type, stamp, made.leaf,
                       sha256('\x00'::bytea || made.leaf)
                from unnest(p_id[low:high], p_type[low:high], p_head[low:high], p_tail[low:high])
                         with ordinality as new (id, type, head, tail, n)
                cross join lateral (
                    select new.head || convert_to(
                        (at + n)::text || ',"recorded_at":"' || stamp_text || '"', 'UTF8')
                        || new.tail
                ) as made (leaf);
            insert into log.payload (position, salt, payload)
                select at + n, new.salt, new.payload
                from unnest(p_salt[low:high], p_payload[low:high])
                         with ordinality as new (salt, payload, n);
            insert into log.event_tag (tag, position, type)
                select new.tag, at + new.event - low + 1, p_type[new.event]
                from unnest(p_tag_event, p_tag) as new (event, tag)
                where new.event between low and high;
            at := last_position;
        end if;
        return next;
        low := high + 1;
    end loop;
    if at > before then
        perform pg_notify('tracker_log', at::text);
    end if;
end
$$;

-- Evidence: raw bytes and extracted texts by their SHA-256, stored once; each capture beside it.
create table log.evidence (
    sha256     bytea primary key,
    size_bytes bigint not null,
    deflated   bytea not null
);
create table log.capture (
    id          bigint generated always as identity primary key,
    sha256      bytea not null,
    url         text,
    status      int,
    headers     jsonb not null default '[]',
    media_type  text,
    captured_at timestamptz not null,
    unique nulls not distinct (sha256, url)
);
create trigger append_only before update or truncate on log.evidence
    for each statement execute function log.refuse_change();
create trigger append_only before update or truncate on log.capture
    for each statement execute function log.refuse_change();

revoke all on function log.append(int[], uuid[], text[], bytea[], bytea[], bytea[], bytea[], int[],
                                  text[], jsonb) from public;
grant execute on function log.append(int[], uuid[], text[], bytea[], bytea[], bytea[], bytea[],
                                     int[], text[], jsonb) to tracker_append;
grant select on all tables in schema log
    to tracker_append, tracker_view, tracker_rebuild, tracker_deliver, tracker_erase;
grant insert on log.evidence, log.capture to tracker_append;
grant delete on log.payload, log.evidence, log.capture to tracker_erase;
