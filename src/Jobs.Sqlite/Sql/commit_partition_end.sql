-- Last for every partition of a commit: the highest sequence number ever used, and the number of unfinished jobs. Primary key of partition.
update partition set last_sequence = max(last_sequence, @last_sequence), unfinished = unfinished + @unfinished where id = @id
