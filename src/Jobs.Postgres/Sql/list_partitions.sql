-- The partitions with unfinished jobs. Locks nothing; one probe of an index of job for each partition.
select queue, number from {schema}.partition p where exists (select 1 from {schema}.job j where j.partition_id = p.id)
