-- Due jobs of a group in the order of enqueueing. Reads; index job_group.
select {columns} from job j
where j.partition_id = @partition and j.group_key = @name and j.ready = 1 and j.sequence >= @sequence
order by j.sequence limit @limit
