-- Puts jobs into the history or among the dead. Locks nothing; the id indexes of job_done or job_dead.
insert into {schema}.{table} (id, partition_id, task, state, priority, run_at, sequence, enqueued_at, unique_key, group_key, tags,
  failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes, finished_at, keep_until, result)
select id, partition_id, task, state, priority, run_at, sequence, enqueued_at, unique_key, group_key,
  case when tags is null then null else (select array_agg(t) from json_array_elements_text(tags::json) t) end,
  failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes, finished_at, keep_until, result
from unnest(@id, @partition_id, @task, @state, @priority, @run_at, @sequence, @enqueued_at, @unique_key, @group_key, @tags,
  @failures, @deliveries, @lost_deliveries, @last_attempt, @worker, @started_at, @payload, @terms, @notes, @finished_at, @keep_until, @result)
  as j(id, partition_id, task, state, priority, run_at, sequence, enqueued_at, unique_key, group_key, tags,
    failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes, finished_at, keep_until, result)
