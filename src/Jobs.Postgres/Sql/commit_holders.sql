-- Who has the unique keys of this commit now. Locks nothing; index job_unique.
select unique_key, id from {schema}.job where unique_key = any(@keys)
