-- What a new owner gets to know, and once more 0 unfinished jobs where there are none: somebody may have emptied the table by hand. Locks the
-- partition's row, and its intake row if there are none; primary keys of partition and intake, and one probe each of job_ready, job_due and
-- job_started.
with counted as (
  select i.partition_id, i.last_sequence, i.unfinished,
         (select j.task from {schema}.job j where j.partition_id = i.partition_id and j.state = 1 order by j.partition_id, j.task limit 1) is null
     and (select j.run_at from {schema}.job j where j.partition_id = i.partition_id and j.state in (0, 3)
          order by j.partition_id, j.run_at limit 1) is null
     and (select j.state from {schema}.job j where j.partition_id = i.partition_id and (j.state = 2 or (j.state = 3 and j.group_key is not null))
          order by j.partition_id limit 1) is null as is_empty
  from {schema}.intake i where i.partition_id = @partition),
emptied as (
  update {schema}.intake i set unfinished = 0 from counted c where i.partition_id = c.partition_id and c.is_empty)
update {schema}.partition p set unfinished = case when c.is_empty then 0 else p.unfinished end
from counted c where p.id = c.partition_id
returning case when c.is_empty then 0 else p.unfinished + c.unfinished end, greatest(p.last_sequence, c.last_sequence)
