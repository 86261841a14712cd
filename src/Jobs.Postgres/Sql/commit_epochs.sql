-- First statement of every commit. Locks the partitions' rows FOR SHARE until its end; primary key of partition.
select {schema}.require_epochs(@ids, @epochs)
