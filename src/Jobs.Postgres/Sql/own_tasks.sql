-- The tasks of a partition's unfinished jobs. Locks nothing; scans the partition's unfinished jobs once.
select distinct task from {schema}.job where partition_id = @partition
