-- After a commit of unknown fate: raises the epoch of a partition that this process still owns. Waits for the lost commit if it is
-- still under way, because that one holds the row FOR SHARE; if it has not begun yet, it is fenced from now on. Primary key of partition.
update {schema}.partition set epoch = epoch + 1 where id = @partition and owner = @owner returning epoch
