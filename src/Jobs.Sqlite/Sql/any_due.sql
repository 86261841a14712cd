-- Whether there is something to promote. Reads; first entry of index job_unready.
select exists (select 1 from job where partition_id = @partition and ready = 0 and state in (0, 3) and run_at <= @as_of)
