-- Removes those jobs from the inbox whose id a job has. Locks their rows; unique index of inbox, the id indexes of job, job_dead and job_done.
delete from {schema}.inbox i where i.id = any(@ids) and (
  exists (select 1 from {schema}.job j where j.id = i.id)
  or exists (select 1 from {schema}.job_dead j where j.id = i.id)
  or exists (select 1 from {schema}.job_done j where j.id = i.id))
returning i.id
