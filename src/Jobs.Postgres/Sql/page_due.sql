-- Jobs stored as scheduled or retrying by due time, those whose time has come too. Locks nothing; index job_due.
select {columns} from {schema}.job j join {schema}.partition p on p.id = j.partition_id
where j.partition_id = @partition and j.state in (0, 3) and (j.run_at, j.sequence) >= (@run_at, @sequence)
order by j.run_at, j.sequence limit @limit
