-- Jobs that are stored as waiting for their time, those whose time has come too. Reads; index job_due.
select {columns} from job j
where j.partition_id = @partition and j.state in (0, 3) and (j.run_at, j.sequence) >= (@run_at, @sequence)
order by j.run_at, j.sequence limit @limit
