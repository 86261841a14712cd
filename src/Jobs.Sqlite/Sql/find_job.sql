-- A job wherever it is. Reads; the primary keys of job, job_dead and job_done.
select {columns}, null, null, null from job j where j.id = @id
union all
select {columns}, j.finished_at, j.result, j.payload_pruned_at from job_dead j where j.id = @id
union all
select {columns}, j.finished_at, j.result, j.payload_pruned_at from job_done j where j.id = @id
limit 1
