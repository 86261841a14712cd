-- Who has a unique key. Index job_unique.
select id from job where unique_key = @unique_key
