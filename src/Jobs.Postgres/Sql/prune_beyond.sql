-- The oldest records of a queue up to one of them, a bounded number. Locks nothing; for each partition of the queue the first entries of the
-- outcome's two indexes.
select d.id, d.finished_at
from (select id from {schema}.partition where queue = @queue) p cross join lateral (
  (select h.id, h.finished_at, h.sequence, h.partition_id from {schema}.{table} h
   where h.partition_id = p.id and h.state = @state and h.payload_pruned_at is null and (h.finished_at, h.sequence) <= (@finished_at, @sequence)
   order by h.finished_at, h.sequence limit @max_records)
  union all
  (select h.id, h.finished_at, h.sequence, h.partition_id from {schema}.{table} h
   where h.partition_id = p.id and h.state = @state and h.payload_pruned_at is not null and (h.finished_at, h.sequence) <= (@finished_at, @sequence)
   order by h.finished_at, h.sequence limit @max_records)) d
where (d.finished_at, d.sequence, d.partition_id) <= (@finished_at, @sequence, @partition)
order by d.finished_at, d.sequence, d.partition_id limit @max_records
