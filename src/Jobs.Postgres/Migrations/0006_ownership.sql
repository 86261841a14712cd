-- Owners that live: whoever has partitions says so once in a while. An owner counts as living for its lease after it was seen, and after
-- a restart of the server, which it could not have reached before.
create table {schema}.owner (
  name    text        primary key,
  lease   interval    not null,
  seen_at timestamptz not null
);

-- Who holds a partition; null after an end in order. (The column owner is one ownership's own token, which no other one shares.)
alter table {schema}.partition add column holder text;
update {schema}.partition set holder = owner where owner is not null;

create function {schema}.is_living(seen_at timestamptz, lease interval) returns boolean language sql as $$
  select greatest(seen_at, pg_postmaster_start_time()) + lease > clock_timestamp()
$$;

-- Takes a partition over unless its holder lives. Looks first without a lock, so that a refused claim waits for nobody and nobody for it;
-- then locks the partition's row, which waits for commits under way, and looks again at the holder, who may just be renewing its lease.
create function {schema}.claim_partition(
  in_queue text, in_number integer, in_holder text, in_token text, in_lease interval, even_if_held boolean)
returns table (held_by text, id integer, epoch bigint, strategy smallint, before text) language plpgsql as $$
declare
  p {schema}.partition;
begin
  insert into {schema}.partition (queue, number, epoch) values (in_queue, in_number, 0) on conflict do nothing;
  if not even_if_held then
    select o.name into held_by from {schema}.partition c join {schema}.owner o on o.name = c.holder
      where c.queue = in_queue and c.number = in_number and o.name <> in_holder and {schema}.is_living(o.seen_at, o.lease);
    if found then
      return next;
      return;
    end if;
  end if;
  select * into p from {schema}.partition c where c.queue = in_queue and c.number = in_number for update;
  if p.holder <> in_holder and not even_if_held then
    select o.name into held_by from {schema}.owner o where o.name = p.holder and {schema}.is_living(o.seen_at, o.lease) for share;
    if found then
      return next;
      return;
    end if;
  end if;
  update {schema}.partition c set epoch = c.epoch + 1, owner = in_token, holder = in_holder, owned_at = now()
    where c.id = p.id returning c.id, c.epoch, c.strategy into id, epoch, strategy;
  before := case when p.holder is null then 'released' when p.holder = in_holder then 'same' else 'lost' end;
  held_by := null;
  insert into {schema}.owner (name, lease, seen_at) values (in_holder, in_lease, clock_timestamp()) on conflict do nothing;
  delete from {schema}.owner o where o.seen_at + o.lease < now() - interval '1 day' and o.name <> in_holder;
  return next;
end $$;
