-- How large a queue's records of one outcome are together. Reads; all entries of the outcome's two indexes, and of payloads and results only
-- the lengths.
select ifnull(sum(bytes), 0) from (
  select length(payload) + ifnull(length(result), 0) + @record_bytes as bytes from {table}
  where partition_id in (select id from partition where queue = @queue) and state = @state and payload_pruned_at is null
  union all
  select length(payload) + ifnull(length(result), 0) + @record_bytes from {table}
  where partition_id in (select id from partition where queue = @queue) and state = @state and payload_pruned_at is not null)
