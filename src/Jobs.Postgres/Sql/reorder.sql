-- Sorts a partition's jobs anew after its queue was given another strategy. Locks the rows; scans the partition once.
with changed as (update {schema}.partition set strategy = @strategy where id = @partition)
update {schema}.job set
  major = case @strategy when 0 then -priority::bigint when 1 then (extract(epoch from run_at) * 1000000)::bigint else 0 end,
  minor = case @strategy when 0 then (extract(epoch from run_at) * 1000000)::bigint when 1 then -priority::bigint else 0 end
where partition_id = @partition
