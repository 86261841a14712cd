-- Sorts a partition's jobs anew after its queue was given another strategy. Takes the write lock; scans the unfinished jobs once.
update job set
  major = case @strategy when 0 then -priority when 1 then run_at else 0 end,
  minor = case @strategy when 0 then run_at when 1 then -priority else 0 end
where partition_id = @partition
