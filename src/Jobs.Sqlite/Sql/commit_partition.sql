-- The fence, first for every partition of a commit: a row only if the epoch is the highest. Holds under the write lock; unique index of partition.
select id, last_sequence from partition where queue = @queue and number = @number and epoch = @epoch
