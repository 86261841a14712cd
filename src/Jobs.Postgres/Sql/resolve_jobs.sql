-- How the jobs of a commit of unknown fate stand now. Locks nothing; the id indexes of job, job_dead and job_done.
select id, state, deliveries, failures, lost_deliveries, priority, run_at from {schema}.job where id = any(@ids)
union all select id, state, deliveries, failures, lost_deliveries, priority, run_at from {schema}.job_dead where id = any(@ids)
union all select id, state, deliveries, failures, lost_deliveries, priority, run_at from {schema}.job_done where id = any(@ids)
