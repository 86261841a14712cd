-- Which ids of callers' own are taken. Locks nothing; the id indexes of job, job_dead and job_done.
select id from {schema}.job where id = any(@ids)
union all select id from {schema}.job_dead where id = any(@ids)
union all select id from {schema}.job_done where id = any(@ids)
limit 1
