-- The partitions with unfinished jobs. Reads; one probe of an index of job for each partition and kind of place.
select queue, number from partition p
where exists (select 1 from job where partition_id = p.id and ready = 1)
   or exists (select 1 from job where partition_id = p.id and ready = 0 and state in (0, 3))
   or exists (select 1 from job where partition_id = p.id and state = 2)
