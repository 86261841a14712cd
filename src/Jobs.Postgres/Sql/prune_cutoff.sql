-- The latest record of a queue that is beyond the number kept. Locks nothing; for each partition of the queue the last entries of the
-- outcome's two indexes, as many of each as are kept.
select d.finished_at, d.sequence, d.partition_id
from (select id from {schema}.partition where queue = @queue) p cross join lateral (
  (select h.finished_at, h.sequence, h.partition_id from {schema}.{table} h
   where h.partition_id = p.id and h.state = @state and h.payload_pruned_at is null
   order by h.finished_at desc, h.sequence desc limit @kept + 1)
  union all
  (select h.finished_at, h.sequence, h.partition_id from {schema}.{table} h
   where h.partition_id = p.id and h.state = @state and h.payload_pruned_at is not null
   order by h.finished_at desc, h.sequence desc limit @kept + 1)) d
order by d.finished_at desc, d.sequence desc, d.partition_id desc offset @kept limit 1
