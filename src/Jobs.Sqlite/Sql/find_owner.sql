-- Who owns a partition, or was lost while it did; null after a release. Unique index of partition.
select owner from partition where queue = @queue and number = @number
