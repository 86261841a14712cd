-- What a new owner gets to know. Locks nothing; scans the partition's unfinished jobs once.
select count(*), coalesce(max(sequence), 0) from {schema}.job where partition_id = @partition
