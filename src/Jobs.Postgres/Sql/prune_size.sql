-- The latest record of a queue with which the newer ones are larger than what may be left. Locks nothing; all records of the outcome, by its
-- two indexes or the whole table, and of their payloads and results only the lengths.
select s.finished_at, s.sequence, s.partition_id
from (
  select d.finished_at, d.sequence, d.partition_id,
         sum(d.bytes) over (order by d.finished_at desc, d.sequence desc, d.partition_id desc rows unbounded preceding) as bytes
  from (select h.finished_at, h.sequence, h.partition_id,
               octet_length(h.payload) + coalesce(octet_length(h.result), 0) + @record_bytes as bytes from {schema}.{table} h
        where h.partition_id in (select id from {schema}.partition where queue = @queue) and h.state = @state and h.payload_pruned_at is null
        union all
        select h.finished_at, h.sequence, h.partition_id,
               octet_length(h.payload) + coalesce(octet_length(h.result), 0) + @record_bytes from {schema}.{table} h
        where h.partition_id in (select id from {schema}.partition where queue = @queue) and h.state = @state and h.payload_pruned_at is not null
  ) d) s
where s.bytes > @bytes_left
order by s.finished_at desc, s.sequence desc, s.partition_id desc limit 1
