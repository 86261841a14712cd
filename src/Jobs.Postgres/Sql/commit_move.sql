-- Moves jobs from the hot table to the history that were not handed out more often than the writer knows. Locks the rows; primary key of
-- job, index job_done_id. What the jobs' ends have in common comes once, by number.
with taken as (delete from {schema}.job where id = any(@ids) and deliveries <= @deliveries returning *),
moved as (
  insert into {schema}.job_done (id, partition_id, task, state, priority, run_at, sequence, enqueued_at, unique_key, group_key, tags,
    failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes, finished_at, keep_until, result)
  select t.id, t.partition_id, t.task, e.state, t.priority, t.run_at, t.sequence, t.enqueued_at, t.unique_key, t.group_key, t.tags,
    e.failures, e.deliveries, e.lost_deliveries, e.last_attempt, e.worker, e.started_at, case when e.keep_payload then t.payload else '' end, t.terms,
    e.notes, e.finished_at, e.keep_until, e.result
  from taken t
  join unnest(@ids, @shared) as j(id, shared) on j.id = t.id
  join unnest(@number, @state, @failures, @delivered, @lost_deliveries, @last_attempt, @worker, @started_at, @keep_payload, @notes,
    @finished_at, @keep_until, @result)
    as e(number, state, failures, deliveries, lost_deliveries, last_attempt, worker, started_at, keep_payload, notes, finished_at, keep_until, result)
    on e.number = j.shared
  returning id)
select {schema}.require_all(@ids, (select array_agg(id) from moved))
