-- Takes jobs out of the history that come back or are deleted. Locks the rows; the id indexes of job_done and job_dead.
with done as (delete from {schema}.job_done where id = any(@ids) and deliveries <= @deliveries returning id),
     dead as (delete from {schema}.job_dead where id = any(@ids) and deliveries <= @deliveries returning id)
select {schema}.require_all(@ids, (select array_agg(id) from (select id from done union all select id from dead) taken))
