-- Unfinished jobs of some partitions by state, a due one counted as pending, and the first time of each. Locks nothing; scans the jobs.
select j.partition_id, (case when j.state in (0, 3) and j.run_at <= @as_of then 1 else j.state end)::integer as state, count(*), min(j.run_at)
from {schema}.job j
where j.partition_id = any(@partitions)
group by 1, 2
