-- Jobs wherever they are. Locks nothing; the id indexes of job, job_dead and job_done.
select {columns}, null::timestamptz, null::bytea, null::timestamptz from {schema}.job j join {schema}.partition p on p.id = j.partition_id where j.id = any(@ids)
union all
select {columns}, j.finished_at, j.result, j.payload_pruned_at from {schema}.job_dead j join {schema}.partition p on p.id = j.partition_id where j.id = any(@ids)
union all
select {columns}, j.finished_at, j.result, j.payload_pruned_at from {schema}.job_done j join {schema}.partition p on p.id = j.partition_id where j.id = any(@ids)
