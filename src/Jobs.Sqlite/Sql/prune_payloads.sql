-- Empties the oldest payloads of a queue whose jobs ended up to a time, a bounded number. Takes the write lock; the outcome's index of records
-- with payloads.
update {table} set payload = x'', payload_pruned_at = @as_of where id in (
  select id from {table}
  where partition_id in (select id from partition where queue = @queue) and state = @state and payload_pruned_at is null
    and finished_at <= @finished_at
  order by finished_at, sequence, partition_id limit @max_records)
