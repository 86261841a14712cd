-- The tasks of a partition's waiting jobs. Locks nothing; one probe of job_ready or job_task for each task, which leaps to the next one.
with recursive ready as (
  (select task from {schema}.job where partition_id = @partition and state = 1 order by partition_id, task limit 1)
  union all
  select (select j.task from {schema}.job j where j.partition_id = @partition and j.state = 1 and j.task > ready.task
          order by j.partition_id, j.task limit 1)
  from ready where ready.task is not null
), later as (
  (select task from {schema}.job where partition_id = @partition and state in (0, 3) order by partition_id, task limit 1)
  union all
  select (select j.task from {schema}.job j where j.partition_id = @partition and j.state in (0, 3) and j.task > later.task
          order by j.partition_id, j.task limit 1)
  from later where later.task is not null
)
select task from ready where task is not null union select task from later where task is not null
