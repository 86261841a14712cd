-- Any partition that was ever claimed. Locks nothing; the first row of partition.
select queue, number from {schema}.partition limit 1
