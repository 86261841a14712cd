-- Due jobs of a group in the order of enqueueing. Locks nothing; index job_group.
select {columns} from {schema}.job j join {schema}.partition p on p.id = j.partition_id
where j.partition_id = @partition and j.group_key = @name and j.sequence >= @sequence
  and (j.state = 1 or (j.state in (0, 3) and j.run_at <= @as_of))
order by j.sequence limit @limit
