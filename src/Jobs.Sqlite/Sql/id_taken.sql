-- Whether an id is taken. The primary keys of job, job_dead and job_done.
select exists (select 1 from job where id = @id) or exists (select 1 from job_dead where id = @id) or exists (select 1 from job_done where id = @id)
