-- Moves what is due to its place in the queue's order. Takes the write lock; index job_due.
update job set ready = 1 where partition_id = @partition and ready = 0 and state <> 2 and run_at <= @as_of
