-- Removes the oldest records of a queue up to one of them, a bounded number. Takes the write lock; the outcome's two indexes.
delete from {table} where id in (
  select id from (
    select * from (select id, finished_at, sequence, partition_id from {table}
      where partition_id in (select id from partition where queue = @queue) and state = @state and payload_pruned_at is null
        and (finished_at, sequence, partition_id) <= (@finished_at, @sequence, @last_partition)
      order by finished_at, sequence, partition_id limit @max_records)
    union all
    select * from (select id, finished_at, sequence, partition_id from {table}
      where partition_id in (select id from partition where queue = @queue) and state = @state and payload_pruned_at is not null
        and (finished_at, sequence, partition_id) <= (@finished_at, @sequence, @last_partition)
      order by finished_at, sequence, partition_id limit @max_records))
  order by finished_at, sequence, partition_id limit @max_records)
