-- Takes out of the inbox what ends at once; a job that was not in the inbox any more undoes the commit. Locks the rows; unique index of inbox.
with taken as (delete from {schema}.inbox where id = any(@ids) returning id)
select {schema}.require_all(@ids, (select array_agg(id) from taken))
