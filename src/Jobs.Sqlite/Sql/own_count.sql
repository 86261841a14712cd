-- How many unfinished jobs a partition has. Reads; scans the partition's part of three indexes.
select (select count(*) from job where partition_id = @partition and ready = 1)
     + (select count(*) from job where partition_id = @partition and ready = 0 and state in (0, 3))
     + (select count(*) from job where partition_id = @partition and state = 2)
