-- Jobs by state, a due one counted as pending. Reads; scans.
select case when j.state in (0, 3) and j.run_at <= @as_of then 1 else j.state end, count(*)
from (select partition_id, state, run_at from job
      union all select partition_id, state, run_at from job_dead
      union all select partition_id, state, run_at from job_done) j
where @queue is null or j.partition_id in (select p.id from partition p where p.queue = @queue)
group by 1
