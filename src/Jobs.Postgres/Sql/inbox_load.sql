-- The first jobs of a partition's inbox behind a place. Locks nothing; index inbox_partition.
select {inbox} from {schema}.inbox i where i.queue = @queue and i.number = @number and i.place > @after order by i.place limit @limit
