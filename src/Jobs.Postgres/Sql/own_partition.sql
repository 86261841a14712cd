-- Raises the epoch unless another owner lives, and waits for commits under way, which hold a row each. Locks the partition's rows; unique index of
-- partition, primary key of owner.
select held_by, id, epoch, strategy, before from {schema}.claim_partition(@queue, @number, @holder, @token, @lease, @even_if_held)
