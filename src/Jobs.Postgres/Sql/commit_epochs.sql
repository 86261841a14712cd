-- First statement of every commit. Locks the partitions' rows until its end, and keeps the highest sequence numbers; primary key of partition.
select {schema}.require_epochs(@ids, @epochs, @sequences)
