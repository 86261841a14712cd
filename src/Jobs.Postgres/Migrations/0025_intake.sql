-- New jobs are committed beside what becomes of other jobs, so that neither waits for the other. Each kind of commit locks a row of its own
-- for each partition, with an epoch of its own and its own part of the counts. "{schema}" stands for the schema's name.

-- A takeover raises the epochs of both rows. The numbers of unfinished jobs count together: this one only rises, by what is enqueued, and
-- that of the other row falls by what ends.
create table {schema}.intake (
  partition_id  integer primary key references {schema}.partition (id),
  epoch         bigint not null,
  given_epoch   bigint not null,
  last_sequence bigint not null default 0,
  unfinished    bigint not null default 0
) with (fillfactor = 50);
insert into {schema}.intake (partition_id, epoch, given_epoch) select id, given_epoch, given_epoch from {schema}.partition;

-- The fence of commits of nothing but new jobs, as require_epochs is that of the others.
create function {schema}.require_intake(ids integer[], epochs bigint[], sequences bigint[], jobs bigint[]) returns void
  language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  for i in 1 .. array_length(ids, 1) loop
    update {schema}.intake set last_sequence = greatest(last_sequence, sequences[i]), unfinished = unfinished + jobs[i]
      where partition_id = ids[i] and epoch = epochs[i];
    if not found then
      raise exception 'partition % has another owner', ids[i] using errcode = 'JB001', hint = ids[i]::text;
    end if;
  end loop;
end $$;

-- Takes a partition over unless its holder lives. Looks first without a lock, so that a refused claim waits for nobody and nobody for it;
-- then locks the partition's rows, which waits for commits under way, and looks again at the holder, who may just be renewing its lease.
-- The epoch rises above those of both rows, because either may be ahead after a commit of unknown fate.
create or replace function {schema}.claim_partition(
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
  select greatest(i.epoch, p.epoch) + 1 into epoch from {schema}.intake i where i.partition_id = p.id for update;
  epoch := coalesce(epoch, p.epoch + 1);
  insert into {schema}.intake as i (partition_id, epoch, given_epoch) values (p.id, claim_partition.epoch, claim_partition.epoch)
    on conflict (partition_id) do update set epoch = excluded.epoch, given_epoch = excluded.epoch;
  update {schema}.partition c
    set epoch = claim_partition.epoch, given_epoch = claim_partition.epoch, owner = in_token, holder = in_holder, owned_at = now()
    where c.id = p.id returning c.id, c.strategy into id, strategy;
  before := case when p.holder is null then 'released' when p.holder = in_holder then 'same' else 'lost' end;
  held_by := null;
  insert into {schema}.owner (name, lease, seen_at) values (in_holder, in_lease, clock_timestamp()) on conflict do nothing;
  delete from {schema}.owner o where o.seen_at + o.lease < now() - interval '1 day' and o.name <> in_holder;
  return next;
end $$;
