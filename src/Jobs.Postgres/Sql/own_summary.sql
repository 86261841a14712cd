-- What a new owner gets to know. Locks nothing; scans the partition's unfinished jobs once.
select count(*), (select last_sequence from {schema}.partition where id = @partition) from {schema}.job where partition_id = @partition
