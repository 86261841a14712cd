-- Takes jobs out of the hot table that were not handed out more often than the writer knows. Locks the rows; primary key of job.
with taken as (delete from {schema}.job where id = any(@ids) and deliveries <= @deliveries returning 1)
select {schema}.require_count((select count(*) from taken), @expected)
