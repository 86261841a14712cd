-- Jobs as they are kept. Ids are 16 bytes, the highest first, so they sort by the time they were made; times are microseconds since 1970.

-- One row per partition of a queue. The epoch is the fence: whoever takes a partition over raises it, and every commit names the epoch
-- it was made under and reads this row inside its own write transaction, of which a file has one at a time.
create table partition (
  id            integer primary key,
  queue         text    not null,
  number        integer not null,
  epoch         integer not null default 0,
  strategy      integer not null default 0,
  last_sequence integer not null default 0,
  owner         text,
  owned_at      integer,
  unique (queue, number)
) strict;

-- Unfinished jobs only. state: 0 scheduled, 1 pending, 2 running, 3 retrying.
-- ready: 1 if the job is found by its place in the queue's order (major, minor, sequence). A job that becomes due gets that place and keeps
-- its state, as nobody changed it; it also stays among those that wait for their time, because its owner finds out there that it is due.
create table job (
  id              blob    primary key check (length(id) = 16),
  partition_id    integer not null references partition (id),
  task            text    not null,
  state           integer not null check (state between 0 and 3),
  ready           integer not null check (ready in (0, 1) and (state <> 1 or ready = 1) and (state <> 2 or ready = 0)),
  priority        integer not null,
  run_at          integer not null,
  sequence        integer not null,
  major           integer not null,
  minor           integer not null,
  enqueued_at     integer not null,
  unique_key      text,
  group_key       text,
  tags            text,
  failures        integer not null,
  deliveries      integer not null,
  lost_deliveries integer not null,
  last_attempt    integer not null,
  worker          text,
  started_at      integer,
  payload         blob    not null,
  terms           text    not null,
  notes           text,
  check (state <> 2 or worker is not null)
) strict, without rowid;

create index job_ready on job (partition_id, task, major, minor, sequence) where ready = 1;
create index job_due on job (partition_id, run_at, sequence) where state in (0, 3);
create index job_unready on job (partition_id, run_at) where ready = 0 and state in (0, 3);
create index job_group on job (partition_id, group_key, sequence) where group_key is not null;
create index job_started on job (partition_id) where state = 2;
create unique index job_unique on job (unique_key) where unique_key is not null; -- queue/key

-- Finished jobs but the dead ones. state: 4 completed, 6 cancelled, 7 discarded.
create table job_done (
  id              blob    primary key check (length(id) = 16),
  partition_id    integer not null references partition (id),
  task            text    not null,
  state           integer not null check (state in (4, 6, 7)),
  priority        integer not null,
  run_at          integer not null,
  sequence        integer not null,
  enqueued_at     integer not null,
  unique_key      text,
  group_key       text,
  tags            text,
  failures        integer not null,
  deliveries      integer not null,
  lost_deliveries integer not null,
  last_attempt    integer not null,
  worker          text,
  started_at      integer,
  payload         blob    not null,
  terms           text    not null,
  notes           text,
  finished_at     integer not null,
  keep_until      integer not null,
  result          blob
) strict, without rowid;

create index job_done_keep on job_done (keep_until);

-- Dead jobs (state 5) are kept until somebody deletes or retries them.
create table job_dead (
  id              blob    primary key check (length(id) = 16),
  partition_id    integer not null references partition (id),
  task            text    not null,
  state           integer not null check (state = 5),
  priority        integer not null,
  run_at          integer not null,
  sequence        integer not null,
  enqueued_at     integer not null,
  unique_key      text,
  group_key       text,
  tags            text,
  failures        integer not null,
  deliveries      integer not null,
  lost_deliveries integer not null,
  last_attempt    integer not null,
  worker          text,
  started_at      integer,
  payload         blob    not null,
  terms           text    not null,
  notes           text,
  finished_at     integer not null,
  keep_until      integer not null,
  result          blob
) strict, without rowid;

-- Everything, readable: names for states, text for times, payloads and results as text where they are text.
create view job_readable as
  select lower(hex(j.id)) as id, p.queue, p.number as partition, j.task,
         case j.state when 0 then 'scheduled' when 1 then 'pending' when 2 then 'running' when 3 then 'retrying' when 4 then 'completed'
                      when 5 then 'dead' when 6 then 'cancelled' else 'discarded' end as state,
         j.priority, datetime(j.run_at / 1000000, 'unixepoch') as run_at, datetime(j.enqueued_at / 1000000, 'unixepoch') as enqueued_at,
         datetime(j.started_at / 1000000, 'unixepoch') as started_at, datetime(j.finished_at / 1000000, 'unixepoch') as finished_at,
         j.failures, j.deliveries, j.lost_deliveries, j.worker, j.unique_key, j.group_key, j.tags,
         case when j.terms like '%"type":%' then hex(j.payload) else cast(j.payload as text) end as payload,
         case when j.terms like '%"type":%' then hex(j.result) else cast(j.result as text) end as result,
         j.notes
  from (
    select id, partition_id, task, state, priority, run_at, enqueued_at, started_at, null as finished_at, failures, deliveries,
           lost_deliveries, worker, unique_key, group_key, tags, payload, terms, null as result, notes from job
    union all
    select id, partition_id, task, state, priority, run_at, enqueued_at, started_at, finished_at, failures, deliveries,
           lost_deliveries, worker, unique_key, group_key, tags, payload, terms, result, notes from job_done
    union all
    select id, partition_id, task, state, priority, run_at, enqueued_at, started_at, finished_at, failures, deliveries,
           lost_deliveries, worker, unique_key, group_key, tags, payload, terms, result, notes from job_dead
  ) j join partition p on p.id = j.partition_id;
