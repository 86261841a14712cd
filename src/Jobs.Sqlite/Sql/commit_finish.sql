-- Puts a job into the history or among the dead. Primary key of {table}, and job_done_keep.
insert into {table} (id, partition_id, task, state, priority, run_at, sequence, enqueued_at, unique_key, group_key, tags,
  failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes, finished_at, keep_until, result)
values (@id, @partition_id, @task, @state, @priority, @run_at, @sequence, @enqueued_at, @unique_key, @group_key, @tags,
  @failures, @deliveries, @lost_deliveries, @last_attempt, @worker, @started_at, @payload, @terms, @notes, @finished_at, @keep_until, @result)
