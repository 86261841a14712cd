-- Marks as pending what is due, so that it is found in the queue's order. Locks the rows; index job_due.
update {schema}.job set state = 1 where partition_id = @partition and state in (0, 3) and run_at <= @as_of
