-- Due jobs of a task in the queue's order; of a group only the one that comes first. A job stored as scheduled or retrying counts when its
-- time has come: those are found by due time and sorted, because they are few unless the service was down. Locks nothing; index job_ready,
-- job_task, and job_group for groups; of one limit key, job_limited. No table is joined but the partition's: a join of the jobs to themselves may be planned as a scan.
select {columns} from (
  (select r.* from {schema}.job r
   where r.partition_id = @partition and r.task = @name and r.state = 1{limited} and (r.major, r.minor, r.sequence) >= (@major, @minor, @sequence)
     and (r.group_key is null or not exists (select 1 from {schema}.job g
       where g.partition_id = r.partition_id and g.group_key = r.group_key and g.sequence < r.sequence
         and (g.state = 1 or (g.state in (0, 3) and g.run_at <= @as_of))))
   order by r.major, r.minor, r.sequence limit @limit)
  union all
  (select d.* from {schema}.job d
   where d.partition_id = @partition and d.task = @name and d.state in (0, 3) and d.run_at <= @as_of{limited}
     and (d.major, d.minor, d.sequence) >= (@major, @minor, @sequence)
     and (d.group_key is null or not exists (select 1 from {schema}.job g
       where g.partition_id = d.partition_id and g.group_key = d.group_key and g.sequence < d.sequence
         and (g.state = 1 or (g.state in (0, 3) and g.run_at <= @as_of))))
   order by d.major, d.minor, d.sequence limit @limit)
) j join {schema}.partition p on p.id = j.partition_id
order by j.major, j.minor, j.sequence limit @limit
