-- Last for every partition of a commit that took in jobs: the highest sequence number ever used. Primary key of partition.
update partition set last_sequence = @last_sequence where id = @id and last_sequence < @last_sequence
