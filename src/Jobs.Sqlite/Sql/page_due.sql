-- Jobs that wait for their time. Reads; index job_due.
select {columns} from job j
where j.partition_id = @partition and j.ready = 0 and j.state <> 2 and (j.run_at, j.sequence) >= (@run_at, @sequence)
order by j.run_at, j.sequence limit @limit
