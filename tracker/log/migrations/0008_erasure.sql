-- What evidence was erased, and by which event: bytes with such a hash are never kept again.
create table log.erased_evidence (
    sha256    bytea primary key check (length(sha256) = 32),
    erased_by uuid not null
);
comment on column log.erased_evidence.erased_by is 'the id of the payload-erased event';
create trigger append_only before update or delete or truncate on log.erased_evidence
    for each statement execute function log.refuse_change();
grant select on log.erased_evidence
    to tracker_append, tracker_import, tracker_view, tracker_rebuild, tracker_deliver, tracker_erase;
-- Whoever receives bytes may withhold them in the name of an erasure; whoever erases always does.
grant insert on log.erased_evidence to tracker_append, tracker_erase;

-- Which responses came from an address: a later one may hold what was erased from an earlier one.
create index capture_url on log.capture (md5(url));

-- Payloads and evidence are deleted by the role that erases, and by nobody else, owner or not.
create function log.refuse_deletion() returns trigger language plpgsql as $$
begin
    if current_user = 'tracker_erase' then
        return null;
    end if;
    raise exception 'only an erasure deletes from %.%; % is refused',
        tg_table_schema, tg_table_name, current_user using errcode = 'insufficient_privilege';
end
$$;
create trigger erased_only before delete on log.payload
    for each statement execute function log.refuse_deletion();
create trigger erased_only before delete on log.evidence
    for each statement execute function log.refuse_deletion();
create trigger erased_only before delete on log.capture
    for each statement execute function log.refuse_deletion();
