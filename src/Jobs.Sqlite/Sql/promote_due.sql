-- Moves what is due to its place in the queue's order. Takes the write lock; index job_unready.
update job set ready = 1 where partition_id = @partition and ready = 0 and state in (0, 3) and run_at <= @as_of
