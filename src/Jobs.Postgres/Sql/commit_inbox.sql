-- Takes out of the inbox what this commit has put into the hot table; a job that was not in the inbox any more undoes the commit. Locks the
-- rows; unique index of inbox, primary key of job.
with put as (select j.id from {schema}.job j where j.id = any(@ids)),
     taken as (delete from {schema}.inbox i using put where i.id = put.id returning i.id)
select {schema}.require_all(array(select id from put), (select array_agg(id) from taken))
