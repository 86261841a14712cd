-- After a commit of unknown fate: raises the epoch of a partition whose owner is still the one that the commit was made for. Waits for the
-- lost commit if that has passed its fence, because then it has the row locked; if it has not, it is refused from now on, whatever other
-- partitions it is about. Primary key of partition.
update {schema}.partition set epoch = epoch + 1 where id = @partition and given_epoch = @given returning epoch
