-- The tasks of a partition's unfinished jobs. Reads; scans the partition's part of three indexes, and the jobs that are not ready.
select task from job where partition_id = @partition and ready = 1
union
select task from job where partition_id = @partition and ready = 0 and state in (0, 3)
union
select task from job where partition_id = @partition and state = 2
