-- The whole commit of one job's end: fence, count, move. Locks the partition's row and the job's; primary keys of partition and job, index
-- job_done_id.
select {schema}.finish($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
