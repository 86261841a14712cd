-- The whole commit of one new job without a unique key: fence, count, insert. Nothing is written where the fence refuses it. Locks the
-- partition's intake row; primary key of intake, all indexes of job.
with fence as (
  update {schema}.intake set last_sequence = greatest(last_sequence, $8), unfinished = unfinished + 1
    where partition_id = $1 and epoch = $2 returning 1)
insert into {schema}.job (id, partition_id, task, state, priority, run_at, sequence, major, minor, enqueued_at, group_key, tags,
  failures, deliveries, lost_deliveries, last_attempt, payload, terms, notes)
select $3, $1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20 from fence
