-- Jobs by state, a due one counted as pending. Locks nothing; scans.
select (case when j.state in (0, 3) and j.run_at <= @as_of then 1 else j.state end)::integer as state, count(*)
from (select partition_id, state, run_at from {schema}.job
      union all select partition_id, state, run_at from {schema}.job_dead
      union all select partition_id, state, run_at from {schema}.job_done) j
join {schema}.partition p on p.id = j.partition_id
where @queue::text is null or p.queue = @queue
group by 1
