-- Puts a job into the hot table. All indexes of job. At the end: a new job with a unique key is left out where an unfinished job has
-- the key; for all others a conflict is an error that undoes the unit.
insert into job (id, partition_id, task, state, ready, priority, run_at, sequence, major, minor, enqueued_at, unique_key, group_key, tags,
  failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes)
values (@id, @partition_id, @task, @state, @ready, @priority, @run_at, @sequence, @major, @minor, @enqueued_at, @unique_key, @group_key, @tags,
  @failures, @deliveries, @lost_deliveries, @last_attempt, @worker, @started_at, @payload, @terms, @notes)
{conflict}
