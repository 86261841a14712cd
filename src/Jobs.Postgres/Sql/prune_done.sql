-- Removes finished records whose retention is over, a bounded number at a time. Locks the rows; scans the oldest days only.
delete from {schema}.job_done where (tableoid, ctid) in (select tableoid, ctid from {schema}.job_done where keep_until <= @as_of limit 10000)
