-- The tasks of a partition's waiting jobs. Reads; one probe of job_ready or job_unready_task for each task, which leaps to the next one.
with recursive ready (task) as (
  select min(task) from job indexed by job_ready where partition_id = @partition and ready = 1
  union all
  select (select min(j.task) from job j indexed by job_ready where j.partition_id = @partition and j.ready = 1 and j.task > ready.task)
  from ready where ready.task is not null
), later (task) as (
  select min(task) from job indexed by job_unready_task where partition_id = @partition and ready = 0 and state in (0, 3)
  union all
  select (select min(j.task) from job j indexed by job_unready_task
          where j.partition_id = @partition and j.ready = 0 and j.state in (0, 3) and j.task > later.task)
  from later where later.task is not null
)
select task from ready where task is not null union select task from later where task is not null
