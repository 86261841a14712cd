-- Jobs as they are kept. "{schema}" stands for the schema's name.

-- One row per partition of a queue. The epoch is the fence: whoever takes a partition over raises it, and every write names the
-- epoch it was made under and locks the row FOR SHARE, so a takeover waits for writes under way and stops all later ones.
create table {schema}.partition (
  id     integer generated always as identity primary key,
  queue  text    not null,
  number integer not null,
  epoch  bigint  not null default 0,
  strategy smallint not null default 0,
  last_sequence bigint not null default 0,
  owner  text,
  owned_at timestamptz,
  unique (queue, number)
) with (fillfactor = 50);

-- Unfinished jobs only. state: 0 scheduled, 1 pending, 2 running, 3 retrying.
-- major and minor are the place in the queue's order (with sequence), so that one index serves every poll strategy.
create table {schema}.job (
  id              uuid        primary key,
  partition_id    integer     not null,
  task            text        not null,
  state           smallint    not null check (state between 0 and 3),
  priority        integer     not null,
  run_at          timestamptz not null,
  sequence        bigint      not null,
  major           bigint      not null,
  minor           bigint      not null,
  enqueued_at     timestamptz not null,
  unique_key      text,
  group_key       text,
  tags            text[],
  failures        integer     not null,
  deliveries      integer     not null,
  lost_deliveries integer     not null,
  last_attempt    integer     not null,
  worker          text,
  started_at      timestamptz,
  payload         bytea       not null,
  terms           text        not null,
  notes           text,
  check ((state = 2) <= (worker is not null))
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

create index job_ready on {schema}.job (partition_id, task, major, minor, sequence) where state = 1;
create index job_due on {schema}.job (partition_id, run_at, sequence) where state in (0, 3);
create index job_group on {schema}.job (partition_id, group_key, sequence) where group_key is not null;
create unique index job_unique on {schema}.job (unique_key) where unique_key is not null;

comment on column {schema}.job.unique_key is 'queue/key: unique among the unfinished jobs of a queue';

-- Finished jobs but the dead ones. state: 4 completed, 6 cancelled, 7 discarded. Partitioned by the day they finished, so that
-- retention drops whole days and never scans; the default partition takes what has no day of its own.
create table {schema}.job_done (
  id              uuid        not null,
  partition_id    integer     not null,
  task            text        not null,
  state           smallint    not null check (state in (4, 6, 7)),
  priority        integer     not null,
  run_at          timestamptz not null,
  sequence        bigint      not null,
  enqueued_at     timestamptz not null,
  unique_key      text,
  group_key       text,
  tags            text[],
  failures        integer     not null,
  deliveries      integer     not null,
  lost_deliveries integer     not null,
  last_attempt    integer     not null,
  worker          text,
  started_at      timestamptz,
  payload         bytea       not null,
  terms           text        not null,
  notes           text,
  finished_at     timestamptz not null,
  keep_until      timestamptz not null,
  result          bytea
) partition by range (finished_at);

create index job_done_id on {schema}.job_done (id);
create table {schema}.job_done_other partition of {schema}.job_done default;

-- Dead jobs (state 5) are kept until somebody deletes or retries them.
create table {schema}.job_dead (
  like {schema}.job_done including defaults,
  primary key (id),
  check (state = 5)
);

-- Everything, readable: payloads and results as text where they are text.
create view {schema}.job_readable as
  select j.id, p.queue, p.number as partition, j.task,
         (array['scheduled', 'pending', 'running', 'retrying', 'completed', 'dead', 'cancelled', 'discarded'])[j.state + 1] as state,
         j.priority, j.run_at, j.enqueued_at, j.started_at, j.finished_at, j.failures, j.deliveries, j.lost_deliveries, j.worker,
         j.unique_key, j.group_key, j.tags,
         case when j.terms like '%"type":%' then encode(j.payload, 'hex') else convert_from(j.payload, 'UTF8') end as payload,
         case when j.terms like '%"type":%' then encode(j.result, 'hex') else convert_from(j.result, 'UTF8') end as result,
         j.notes
  from (
    select id, partition_id, task, state, priority, run_at, enqueued_at, started_at, null::timestamptz as finished_at, failures, deliveries,
           lost_deliveries, worker, unique_key, group_key, tags, payload, terms, null::bytea as result, notes from {schema}.job
    union all
    select id, partition_id, task, state, priority, run_at, enqueued_at, started_at, finished_at, failures, deliveries,
           lost_deliveries, worker, unique_key, group_key, tags, payload, terms, result, notes from {schema}.job_done
    union all
    select id, partition_id, task, state, priority, run_at, enqueued_at, started_at, finished_at, failures, deliveries,
           lost_deliveries, worker, unique_key, group_key, tags, payload, terms, result, notes from {schema}.job_dead
  ) j join {schema}.partition p on p.id = j.partition_id;

-- Stops a commit whose writer does not own its partitions any more (rule I3), and keeps the highest sequence number that was used, which
-- must not be used again when its job is gone. The rows are locked in the order of their ids, so that two commits never wait for each
-- other crosswise; a takeover waits for the lock, and a commit that comes after it is refused.
create function {schema}.require_epochs(ids integer[], epochs bigint[], sequences bigint[]) returns void language plpgsql as $$
declare
  lost integer;
begin
  perform 1 from {schema}.partition where id = any(ids) order by id for share;
  select e.id into lost from unnest(ids, epochs) as e(id, epoch)
    left join {schema}.partition p on p.id = e.id and p.epoch = e.epoch where p.id is null limit 1;
  if found then
    raise exception 'partition % has another owner', lost using errcode = 'JB001', hint = lost::text;
  end if;
  for i in 1 .. array_length(ids, 1) loop
    update {schema}.partition set last_sequence = sequences[i] where id = ids[i] and last_sequence < sequences[i];
  end loop;
end $$;

-- Stops a commit that did not find what it was to change: a job was handed out again, or removed, since it was read (rule I4).
create function {schema}.require_all(wanted uuid[], taken uuid[]) returns void language plpgsql as $$
declare
  missing uuid;
begin
  if coalesce(array_length(taken, 1), 0) <> array_length(wanted, 1) then
    select w into missing from unnest(wanted) w where taken is null or w <> all(taken) limit 1;
    raise exception 'job % is not as it was', missing using errcode = 'JB002', hint = missing::text;
  end if;
end $$;
