-- What pages of a partition start from. Reads; unique index of partition.
select id, strategy from partition where queue = @queue and number = @number
