-- How many partitions queues have. Locks nothing; primary key of inbox_queue.
select queue, partitions from {schema}.inbox_queue where queue = any(@queues)
