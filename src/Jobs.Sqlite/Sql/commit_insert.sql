-- Puts a job into the hot table, unless it has ended before under its id. All indexes of job; the primary keys of job_done and job_dead.
-- At the end: a new job with a unique key is left out where an unfinished job has the key; for all others that is an error.
insert into job (id, partition_id, task, state, ready, priority, run_at, sequence, major, minor, enqueued_at, unique_key, group_key, tags,
  failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes)
select @id, @partition_id, @task, @state, @ready, @priority, @run_at, @sequence, @major, @minor, @enqueued_at, @unique_key, @group_key, @tags,
  @failures, @deliveries, @lost_deliveries, @last_attempt, @worker, @started_at, @payload, @terms, @notes
where not exists (select 1 from job_done where id = @id) and not exists (select 1 from job_dead where id = @id)
{conflict}
