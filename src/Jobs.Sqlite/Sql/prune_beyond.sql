-- Removes the oldest records of a queue up to one of them, a bounded number. Takes the write lock; the outcome's index.
delete from {table} where id in (
  select id from {table}
  where partition_id in (select id from partition where queue = @queue) and state = @state
    and (finished_at, sequence, partition_id) <= (@finished_at, @sequence, @last_partition)
  order by finished_at, sequence, partition_id limit @max_records)
