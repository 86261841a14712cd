-- Removes finished records whose retention is over, a bounded number. Takes the write lock; index job_done_keep.
delete from job_done where id in (select id from job_done where keep_until <= @as_of order by keep_until limit @max_records)
