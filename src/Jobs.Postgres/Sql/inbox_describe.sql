-- Says how many partitions a queue has; writes nothing if that is known. Primary key of inbox_queue.
insert into {schema}.inbox_queue as q (queue, partitions)
select @queue, @partitions where not exists (select 1 from {schema}.inbox_queue k where k.queue = @queue and k.partitions = @partitions)
on conflict (queue) do update set partitions = excluded.partitions
