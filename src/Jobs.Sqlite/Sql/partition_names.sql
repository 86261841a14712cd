-- The queues of all partitions. Reads; scans the partitions, which are few.
select id, queue from partition
