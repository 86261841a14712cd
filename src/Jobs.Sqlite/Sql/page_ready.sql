-- Due jobs of a task in the queue's order; of a group only the one that comes first. Reads; index job_ready, and job_group for groups.
select {columns} from job j
where j.partition_id = @partition and j.task = @name and j.ready = 1 and (j.major, j.minor, j.sequence) >= (@major, @minor, @sequence)
  and (j.group_key is null or not exists (
    select 1 from job g where g.partition_id = j.partition_id and g.group_key = j.group_key and g.sequence < j.sequence and g.ready = 1))
order by j.major, j.minor, j.sequence limit @limit
