-- How many unfinished jobs a partition has, and once more 0 where there are none: somebody may have emptied the table by hand. Takes the write
-- lock; primary key of partition, and one probe each of job_ready, job_due and job_started.
update partition set unfinished = case
  when exists (select 1 from job indexed by job_ready where partition_id = partition.id and ready = 1)
    or exists (select 1 from job indexed by job_due where partition_id = partition.id and state in (0, 3))
    or exists (select 1 from job indexed by job_started where partition_id = partition.id and state = 2) then unfinished else 0 end
where id = @partition returning unfinished
