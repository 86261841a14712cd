-- An owner has ended in order. Locks the rows of its partitions; scans partition, which is small.
with freed as (update {schema}.partition set holder = null where holder = @owner)
delete from {schema}.owner where name = @owner
