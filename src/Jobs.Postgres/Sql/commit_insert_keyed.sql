-- Puts new jobs with a unique key into the hot table; those whose key an unfinished job has are left out. Says who has the keys: the new jobs, or
-- who had them when this statement began, for he may have ended by the time that anybody asks; a key of which nothing is said was taken and given
-- back since then. Keeps the number of unfinished jobs and the highest sequence number by those that were taken in. Locks the rows that the fence
-- holds already; all indexes of job, primary key of partition or intake.
with taken_in as (
{insert}
  on conflict (unique_key) where unique_key is not null do nothing
  returning partition_id, sequence, unique_key, id),
counted as (
  update {schema}.{fence} f set unfinished = f.unfinished + c.jobs, last_sequence = greatest(f.last_sequence, c.last_sequence)
  from (select partition_id, count(*) as jobs, max(sequence) as last_sequence from taken_in group by partition_id) c where f.{fence_key} = c.partition_id)
select unique_key, id from taken_in
union all select unique_key, id from {schema}.job where unique_key = any(@unique_key)
