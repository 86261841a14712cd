-- Who has unique keys now, after one of them has kept a finished job from coming back. Locks nothing; index job_unique.
select unique_key, id from {schema}.job where unique_key = any(@keys)
