-- Jobs that are enqueued in a transaction of a caller's own, until the owner of their partition takes them in. "{schema}" stands for the
-- schema's name.

-- place is the order in which they were put in; queue, number and what is agreed are as in partition and job. unique_key is without its queue.
create table {schema}.inbox (
  place       bigint generated always as identity primary key,
  id          uuid        not null unique,
  queue       text        not null,
  number      integer     not null,
  task        text        not null,
  priority    integer     not null,
  run_at      timestamptz not null,
  enqueued_at timestamptz not null,
  unique_key  text,
  group_key   text,
  tags        text[],
  payload     bytea       not null,
  terms       text        not null
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

create index inbox_partition on {schema}.inbox (queue, number, place);

-- How many partitions a queue has, for those who put jobs in: one that is not here has one.
create table {schema}.inbox_queue (
  queue      text    primary key,
  partitions integer not null check (partitions > 0)
);

-- Says what came, to whom it may concern, when the transaction commits and not if it rolls back.
create function {schema}.tell_inbox() returns trigger language plpgsql as $$
begin
  perform pg_notify(left('jobs_inbox_{schema}', 63), a.queue || '/' || a.number) from (select distinct queue, number from arrived) a;
  return null;
end $$;

create trigger inbox_arrived after insert on {schema}.inbox
  referencing new table as arrived for each statement execute function {schema}.tell_inbox();
