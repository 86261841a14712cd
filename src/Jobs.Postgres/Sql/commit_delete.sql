-- Takes jobs out of the hot table that were not handed out more often than the writer knows. Locks the rows; primary key of job.
with taken as (delete from {schema}.job where id = any(@ids) and deliveries <= @deliveries returning id)
select {schema}.require_all(@ids, (select array_agg(id) from taken))
