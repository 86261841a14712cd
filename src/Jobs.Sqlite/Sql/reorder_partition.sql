-- Keeps the strategy that the jobs are sorted by. Takes the write lock; primary key of partition.
update partition set strategy = @strategy where id = @partition
