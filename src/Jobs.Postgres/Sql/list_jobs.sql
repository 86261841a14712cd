-- A page of jobs by id. Locks nothing; the id indexes. {order} is asc or desc, {after} < or >; the filters are null when they are not set.
select * from (
  select {columns}, null::timestamptz as finished_at, null::bytea as result, null::timestamptz as payload_pruned_at
  from {schema}.job j join {schema}.partition p on p.id = j.partition_id
  union all
  select {columns}, j.finished_at, j.result, j.payload_pruned_at from {schema}.job_dead j join {schema}.partition p on p.id = j.partition_id
  union all
  select {columns}, j.finished_at, j.result, j.payload_pruned_at from {schema}.job_done j join {schema}.partition p on p.id = j.partition_id
) j
where (@queue::text is null or queue = @queue) and (@task::text is null or task = @task)
  and (@tag::text is null or tags @> array[@tag]) and (@from::timestamptz is null or enqueued_at >= @from)
  and (@before::timestamptz is null or enqueued_at < @before) and (@after::uuid is null or id {after} @after)
  and (@states::smallint[] is null or (case when state in (0, 3) and run_at <= @as_of then 1 else state end)::smallint = any(@states))
order by id {order} limit @limit
