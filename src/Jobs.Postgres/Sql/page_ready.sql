-- Due jobs of a task in the queue's order; of a group only the one that comes first. A job stored as scheduled or retrying counts when its
-- time has come: those are read by due time and sorted, because they are few unless the service was down. Locks nothing; index job_ready,
-- job_due, and job_group for groups.
select {columns} from (
  (select id from {schema}.job r
   where r.partition_id = @partition and r.task = @name and r.state = 1 and (r.major, r.minor, r.sequence) >= (@major, @minor, @sequence)
     and (r.group_key is null or not exists (select 1 from {schema}.job g
       where g.partition_id = r.partition_id and g.group_key = r.group_key and g.sequence < r.sequence
         and (g.state = 1 or (g.state in (0, 3) and g.run_at <= @as_of))))
   order by r.major, r.minor, r.sequence limit @limit)
  union all
  (select id from {schema}.job d
   where d.partition_id = @partition and d.task = @name and d.state in (0, 3) and d.run_at <= @as_of
     and (d.major, d.minor, d.sequence) >= (@major, @minor, @sequence)
     and (d.group_key is null or not exists (select 1 from {schema}.job g
       where g.partition_id = d.partition_id and g.group_key = d.group_key and g.sequence < d.sequence
         and (g.state = 1 or (g.state in (0, 3) and g.run_at <= @as_of))))
   order by d.major, d.minor, d.sequence limit @limit)
) due join {schema}.job j on j.id = due.id join {schema}.partition p on p.id = j.partition_id
order by j.major, j.minor, j.sequence limit @limit
