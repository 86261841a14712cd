-- How large a queue's records of one outcome are together. Locks nothing; all records of the outcome, by its two indexes or the whole table,
-- and of their payloads and results only the lengths.
select coalesce(sum(d.bytes), 0)
from (select octet_length(h.payload) + coalesce(octet_length(h.result), 0) + @record_bytes as bytes from {schema}.{table} h
      where h.partition_id in (select id from {schema}.partition where queue = @queue) and h.state = @state and h.payload_pruned_at is null
      union all
      select octet_length(h.payload) + coalesce(octet_length(h.result), 0) + @record_bytes from {schema}.{table} h
      where h.partition_id in (select id from {schema}.partition where queue = @queue) and h.state = @state and h.payload_pruned_at is not null) d
