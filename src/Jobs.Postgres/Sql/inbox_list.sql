-- The partitions whose inbox holds jobs. Locks nothing; one probe of inbox_partition for each, which leaps to the next one.
with recursive held as (
  (select queue, number from {schema}.inbox order by queue, number limit 1)
  union all
  select n.queue, n.number from held,
    lateral (select i.queue, i.number from {schema}.inbox i where (i.queue, i.number) > (held.queue, held.number) order by i.queue, i.number limit 1) n
)
select queue, number from held
