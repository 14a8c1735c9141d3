-- The append, set-wise: a batch of requests costs a handful of statements, whatever its size.
drop function log.append(int[], uuid[], text[], bytea[], bytea[], bytea[], bytea[], int[], text[],
                         jsonb);
drop function log.fits(bigint, jsonb);

-- Stamps never decrease with the position, so a bisection finds a moment without an index of them.
create function log.position_at(p_moment timestamptz) returns bigint
    language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    low    bigint := 0;
    high   bigint := coalesce((select max(position) from log.event), 0);
    middle bigint;
begin
    while low < high loop
        middle := (low + high + 1) / 2;
        if (select recorded_at from log.event where position = middle) <= p_moment then
            low := middle;
        else
            high := middle - 1;
        end if;
    end loop;
    return low;
end
$$;
drop index log.event_recorded_at;
-- Positions come from the functions below alone, and a check is read anew by every statement.
alter table log.event drop constraint event_position_check;

-- Append a batch of requests in order, each under its own condition; a conflict is a result.
--
-- Event by event: p_request ascends from 1; p_head and p_tail are the leaf's bytes before the
-- position and after the time, which only the lock gives; p_tags are joined by spaces.
-- Item by item of the conditions: p_item_tag is null where the item fits every event; p_item_rest
-- (its other tags) and p_item_types are joined by spaces, null where there are none.
-- p_depends lists for each request the earlier ones of this batch whose events its condition fits;
-- it is null where no request depends on another. Two requests of a batch never share an id.
--
-- The answer: the head before, the stamp, and null where every request was appended, else one
-- [outcome, first position, last position, stamp] a request.
create function log.append(
    p_request int[], p_id uuid[], p_type text[], p_head bytea[], p_tail bytea[], p_salt bytea[],
    p_payload bytea[], p_tags text[], p_item_request int[], p_item_after bigint[],
    p_item_tag text[], p_item_rest text[], p_item_types text[], p_depends jsonb,
    out before bigint, out stamp timestamptz, out outcomes jsonb
)
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    -- A plan made while the log is small must still be right when it is large: every look-up here
    -- is by key, so plans are made once and only from index scans and nested loops.
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    last_stamp timestamptz;
    middle     text;
    refused    int[];
    known      boolean;
    positions  bigint[];
    at         bigint;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'appending needs READ COMMITTED: under % the head would be stale',
            current_setting('transaction_isolation');
    end if;
    perform pg_advisory_xact_lock(7305, 1);
    -- A statement of its own after the lock, so that it sees what the last holder committed.
    select e.position, e.recorded_at into before, last_stamp
        from log.event e order by e.position desc limit 1;
    before := coalesce(before, 0);
    stamp := greatest(clock_timestamp(), last_stamp);
    middle := ',"recorded_at":"'
        || to_char(stamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"';

    select array_agg(distinct item.request),
           exists (select from log.event e where e.id = any (p_id))
        into refused, known
        from unnest(p_item_request, p_item_after, p_item_tag, p_item_rest, p_item_types)
                 as item (request, after, tag, rest, types)
        where case when item.tag is null then before > item.after else exists (
            select from log.event_tag t
            where t.tag = item.tag and t.position > item.after
              and (item.types is null or t.type = any (string_to_array(item.types, ' ')))
              and (item.rest is null
                   or (select count(*) from log.event_tag other
                       where other.position = t.position
                         and other.tag = any (string_to_array(item.rest, ' ')))
                      = cardinality(string_to_array(item.rest, ' ')))) end;

    if refused is null and p_depends is null and not known then
        at := before + cardinality(p_id);
        positions := array(select generate_series(before + 1, at));
    else
        select * into outcomes, positions, at
            from log.judge(p_request, p_id, p_tail, p_payload, refused, p_depends, before, stamp);
    end if;
    if at = before then
        return;
    end if;

    insert into log.event (position, id, type, recorded_at, leaf, leaf_hash)
        select new.position, new.id, new.type, stamp, made.leaf,
               sha256('\x00'::bytea || made.leaf)
        from unnest(positions, p_id, p_type, p_head, p_tail)
                 as new (position, id, type, head, tail)
        cross join lateral (
            select new.head || convert_to(new.position::text || middle, 'UTF8') || new.tail
        ) as made (leaf)
        where new.position > 0;
    insert into log.payload (position, salt, payload)
        select new.position, new.salt, new.payload
        from unnest(positions, p_salt, p_payload) as new (position, salt, payload)
        where new.position > 0;
    insert into log.event_tag (tag, position, type)
        select tag, new.position, new.type
        from unnest(positions, p_tags, p_type) as new (position, tags, type)
        cross join lateral unnest(string_to_array(new.tags, ' ')) as tag
        where new.position > 0;
    if at >> 8 > before >> 8 then
        perform log.grow_tree(at);
    end if;
    perform pg_notify('tracker_log', at::text);
end
$$;

-- What becomes of each request of a batch that is not simply appended as a whole: its outcome, and
-- the position of each event, 0 where it is not appended.
create function log.judge(
    p_request int[], p_id uuid[], p_tail bytea[], p_payload bytea[], p_refused int[],
    p_depends jsonb, p_before bigint, p_stamp timestamptz,
    out outcomes jsonb, out positions bigint[], out head bigint
)
    language plpgsql set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    sizes   int[];
    firsts  bigint[];
    verdict jsonb[];
    known   record;
begin
    head := p_before;
    sizes := array(select count(*) from unnest(p_request) as request group by request
                   order by request);
    -- An id that is stored: the same request again, if all of it is there and is the same.
    for known in
        select new.request, count(*) as stored, min(e.position) as first, max(e.position) as last,
               max(e.recorded_at) as stamped,
               count(*) filter (
                   where right_bytes.same and (p.payload is null or p.payload = new.payload)
               ) as same
        from unnest(p_request, p_id, p_tail, p_payload) as new (request, id, tail, payload)
        join log.event e on e.id = new.id
        left join log.payload p on p.position = e.position
        cross join lateral (
            select substring(e.leaf from length(e.leaf) - length(new.tail) + 1) = new.tail
        ) as right_bytes (same)
        group by new.request
    loop
        verdict[known.request] := jsonb_build_array(
            case when known.same = sizes[known.request] then 'repeated' else 'other-content' end,
            known.first, known.last, known.stamped);
    end loop;
    for request in 1 .. cardinality(sizes) loop
        firsts[request] := 0;
        if verdict[request] is not null then
            continue;
        end if;
        if request = any (p_refused) or exists (
            select from jsonb_array_elements(p_depends -> (request - 1)) as earlier
            where firsts[earlier::int] > 0)
        then
            verdict[request] := jsonb_build_array('conflict');
        else
            firsts[request] := head + 1;
            head := head + sizes[request];
            verdict[request] := jsonb_build_array('appended', firsts[request], head, p_stamp);
        end if;
    end loop;
    outcomes := to_jsonb(verdict);
    positions := array(
        select case when firsts[request] = 0 then 0
                    else firsts[request] + row_number() over (partition by request order by n) - 1
               end
        from unnest(p_request) with ordinality as event (request, n) order by n);
end
$$;

revoke all on function
    log.append(int[], uuid[], text[], bytea[], bytea[], bytea[], bytea[], text[], int[], bigint[],
               text[], text[], text[], jsonb),
    log.judge(int[], uuid[], bytea[], bytea[], int[], jsonb, bigint, timestamptz)
    from public;
grant execute on function
    log.append(int[], uuid[], text[], bytea[], bytea[], bytea[], bytea[], text[], int[], bigint[],
               text[], text[], text[], jsonb)
    to tracker_append;
