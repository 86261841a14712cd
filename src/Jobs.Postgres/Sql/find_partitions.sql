-- What a commit has to know of partitions that this process has not claimed, or that others may have changed. Locks nothing; unique index of
-- partition, primary key of intake.
select p.queue, p.number, p.id, p.epoch, i.epoch, p.given_epoch, p.strategy from {schema}.partition p join {schema}.intake i on i.partition_id = p.id
join unnest(@queues, @numbers) as k(queue, number) on p.queue = k.queue and p.number = k.number
