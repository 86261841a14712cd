-- The latest record of a queue with which the newer ones are larger than what may be left. Reads; all entries of the outcome's two indexes, and
-- of payloads and results only the lengths.
select finished_at, sequence, partition_id from (
  select finished_at, sequence, partition_id,
    sum(bytes) over (order by finished_at desc, sequence desc, partition_id desc rows unbounded preceding) as bytes
  from (
    select finished_at, sequence, partition_id, length(payload) + ifnull(length(result), 0) + @record_bytes as bytes from {table}
    where partition_id in (select id from partition where queue = @queue) and state = @state and payload_pruned_at is null
    union all
    select finished_at, sequence, partition_id, length(payload) + ifnull(length(result), 0) + @record_bytes from {table}
    where partition_id in (select id from partition where queue = @queue) and state = @state and payload_pruned_at is not null))
where bytes > @bytes_left
order by finished_at desc, sequence desc, partition_id desc limit 1
