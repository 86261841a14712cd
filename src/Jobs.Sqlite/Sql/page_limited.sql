-- Due jobs of a task and a limit key in the queue's order; of a group only the one that comes first. Reads; index job_limited, and job_group
-- for groups.
select {columns} from job j indexed by job_limited
where j.partition_id = @partition and j.task = @name and j.ready = 1 and instr(j.terms, '"limitKey":"') > 0
  and json_extract(j.terms, '$.limitKey') = @limit_key and (j.major, j.minor, j.sequence) >= (@major, @minor, @sequence)
  and (j.group_key is null or not exists (
    select 1 from job g where g.partition_id = j.partition_id and g.group_key = j.group_key and g.sequence < j.sequence and g.ready = 1))
order by j.major, j.minor, j.sequence limit @limit
