-- The oldest records of a queue that still have their payloads and ended up to a time, a bounded number. Locks nothing; for each partition of
-- the queue the first entries of the outcome's index of records with payloads.
select d.id, d.finished_at
from (select id from {schema}.partition where queue = @queue) p cross join lateral (
  select h.id, h.finished_at from {schema}.{table} h
  where h.partition_id = p.id and h.state = @state and h.payload_pruned_at is null and h.finished_at <= @finished_at
  order by h.finished_at, h.sequence limit @max_records) d
order by d.finished_at limit @max_records
