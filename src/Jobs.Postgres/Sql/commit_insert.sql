-- Puts jobs into the hot table. Locks nothing else; all indexes of job. At the end: new jobs with a unique key are left out where an
-- unfinished job has the key; nothing else may be, so for all others a conflict is an error that undoes the commit. Tags travel as JSON text, because arrays of arrays do not unnest.
insert into {schema}.job (id, partition_id, task, state, priority, run_at, sequence, major, minor, enqueued_at, unique_key, group_key, tags,
  failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes)
select id, partition_id, task, state, priority, run_at, sequence, major, minor, enqueued_at, unique_key, group_key,
  case when tags is null then null else (select array_agg(t) from json_array_elements_text(tags::json) t) end,
  failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes
from unnest(@id, @partition_id, @task, @state, @priority, @run_at, @sequence, @major, @minor, @enqueued_at, @unique_key, @group_key, @tags,
  @failures, @deliveries, @lost_deliveries, @last_attempt, @worker, @started_at, @payload, @terms, @notes)
  as j(id, partition_id, task, state, priority, run_at, sequence, major, minor, enqueued_at, unique_key, group_key, tags,
    failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes)
{conflict}
