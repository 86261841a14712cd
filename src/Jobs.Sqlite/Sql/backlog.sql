-- Unfinished jobs by partition and state, a due one counted as pending, and the first time of each. Reads; scans the jobs.
select p.queue, p.number, j.state, j.jobs, j.first_run_at from (
  select partition_id, case when state in (0, 3) and run_at <= @as_of then 1 else state end as state, count(*) as jobs, min(run_at) as first_run_at
  from job
  group by 1, 2) j
join partition p on p.id = j.partition_id
