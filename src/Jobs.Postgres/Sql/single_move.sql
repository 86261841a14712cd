-- The whole commit of one job's end: fence, count, move, if it was not handed out more often than the writer knows. Where the fence or the
-- job refuses it, the division by zero takes everything back. Locks the partition's row and the job's; primary keys of partition and job,
-- index job_done_id.
with fence as (
  update {schema}.partition set unfinished = unfinished - 1 where id = $1 and epoch = $2 returning 1),
taken as (
  delete from {schema}.job j using fence where j.id = $3 and j.deliveries <= $4 returning j.*),
moved as (
  insert into {schema}.job_done (id, partition_id, task, state, priority, run_at, sequence, enqueued_at, unique_key, group_key, tags,
    failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes, finished_at, keep_until, result)
  select t.id, t.partition_id, t.task, $5, t.priority, t.run_at, t.sequence, t.enqueued_at, t.unique_key, t.group_key, t.tags,
    $6, $7, $8, $9, $10, $11, case when $12 then t.payload else '' end, t.terms, $13, $14, $15, $16
  from taken t returning 1)
select 1 / count(*) from moved
