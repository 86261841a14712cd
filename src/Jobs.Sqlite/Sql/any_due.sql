-- Whether there is something to promote. Reads; first entry of index job_due.
select exists (select 1 from job where partition_id = @partition and ready = 0 and state <> 2 and run_at <= @as_of)
