-- A page of jobs by id. Reads; the primary keys, merged. {order} is asc or desc, {after} < or >; the filters are null when they are not
-- set, and the states are one bit each.
select * from (
  select {columns}, null as finished_at, null as result, null as payload_pruned_at from job j
  union all
  select {columns}, j.finished_at, j.result, j.payload_pruned_at from job_dead j
  union all
  select {columns}, j.finished_at, j.result, j.payload_pruned_at from job_done j
) j
where (@queue is null or j.partition_id in (select p.id from partition p where p.queue = @queue)) and (@task is null or j.task = @task)
  and (@tag is null or exists (select 1 from json_each(j.tags) where value = @tag))
  and (@from is null or j.enqueued_at >= @from) and (@before is null or j.enqueued_at < @before) and j.id {after} @after
  and (@states & (1 << (case when j.state in (0, 3) and j.run_at <= @as_of then 1 else j.state end))) <> 0
order by j.id {order} limit @limit
