-- The partitions with unfinished jobs. Locks nothing; for each partition one probe of job_ready, job_due and job_started. The orders are
-- those of the indexes, and they are not in an "exists", which would drop them: a plan may then look for a first row by reading the table.
select queue, number from {schema}.partition p
where (select j.task from {schema}.job j where j.partition_id = p.id and j.state = 1 order by j.partition_id, j.task limit 1) is not null
   or (select j.run_at from {schema}.job j where j.partition_id = p.id and j.state in (0, 3) order by j.partition_id, j.run_at limit 1) is not null
   or (select j.state from {schema}.job j where j.partition_id = p.id and (j.state = 2 or (j.state = 3 and j.group_key is not null))
       order by j.partition_id limit 1) is not null
