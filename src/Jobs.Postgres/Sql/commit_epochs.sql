-- First statement of every commit, but last of one that others go on beside (commit_hold). Locks the partitions' rows until its end, and
-- keeps the highest sequence numbers and the numbers of unfinished jobs with them; primary key of partition.
select {schema}.require_epochs(@ids, @epochs, @sequences, @jobs)
