-- The fence of a commit of nothing but new jobs, as commit_epochs is that of the others. Locks the partitions' intake rows until its
-- end, and keeps the highest sequence numbers and the numbers of new jobs with them; primary key of intake.
select {schema}.require_intake(@ids, @epochs, @sequences, @jobs)
