-- First statement of every commit. Locks the partitions' rows until its end, and keeps the highest sequence numbers and the numbers of
-- unfinished jobs with them; primary key of partition.
select {schema}.require_epochs(@ids, @epochs, @sequences, @jobs)
