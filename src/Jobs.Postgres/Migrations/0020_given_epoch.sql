-- Who commits for a partition need not be who claimed it. "{schema}" stands for the schema's name.

-- The epoch that the owner was given and names in every change; epoch itself runs ahead of it where somebody had to find out what became of a
-- commit. So whoever is told the given one finds the one to write under, and an owner finds out that the other one was raised behind it.
alter table {schema}.partition add column given_epoch bigint not null default 0;
update {schema}.partition set given_epoch = epoch;

-- Takes a partition over unless its holder lives. Looks first without a lock, so that a refused claim waits for nobody and nobody for it;
-- then locks the partition's row, which waits for commits under way, and looks again at the holder, who may just be renewing its lease.
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
  update {schema}.partition c set epoch = c.epoch + 1, given_epoch = c.epoch + 1, owner = in_token, holder = in_holder, owned_at = now()
    where c.id = p.id returning c.id, c.epoch, c.strategy into id, epoch, strategy;
  before := case when p.holder is null then 'released' when p.holder = in_holder then 'same' else 'lost' end;
  held_by := null;
  insert into {schema}.owner (name, lease, seen_at) values (in_holder, in_lease, clock_timestamp()) on conflict do nothing;
  delete from {schema}.owner o where o.seen_at + o.lease < now() - interval '1 day' and o.name <> in_holder;
  return next;
end $$;
