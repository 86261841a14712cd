-- Takes jobs out of the history that come back or are deleted. Locks the rows; the id indexes of job_done and job_dead.
with done as (delete from {schema}.job_done where id = any(@ids) returning 1),
     dead as (delete from {schema}.job_dead where id = any(@ids) returning 1)
select {schema}.require_count((select count(*) from done) + (select count(*) from dead), @expected)
