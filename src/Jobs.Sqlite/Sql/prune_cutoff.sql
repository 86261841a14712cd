-- The latest record of a queue that is beyond the number kept. Reads; the last entries of the outcome's index, as many as are kept; of a queue
-- with several partitions, all of its entries.
select finished_at, sequence, partition_id from {table}
where partition_id in (select id from partition where queue = @queue) and state = @state
order by finished_at desc, sequence desc, partition_id desc limit 1 offset @kept
