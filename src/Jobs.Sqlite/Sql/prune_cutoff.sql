-- The latest record of a queue that is beyond the number kept. Reads; the last entries of the outcome's two indexes, as many of each as are
-- kept; of a queue with several partitions, all of its entries.
select finished_at, sequence, partition_id from (
  select * from (select finished_at, sequence, partition_id from {table}
    where partition_id in (select id from partition where queue = @queue) and state = @state and payload_pruned_at is null
    order by finished_at desc, sequence desc, partition_id desc limit @kept + 1)
  union all
  select * from (select finished_at, sequence, partition_id from {table}
    where partition_id in (select id from partition where queue = @queue) and state = @state and payload_pruned_at is not null
    order by finished_at desc, sequence desc, partition_id desc limit @kept + 1))
order by finished_at desc, sequence desc, partition_id desc limit 1 offset @kept
