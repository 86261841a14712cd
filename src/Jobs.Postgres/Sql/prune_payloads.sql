-- Empties payloads by id, and keeps the records. Locks the rows; the id index, of the days in question only.
update {schema}.{table} set payload = '', payload_pruned_at = @as_of
where id = any(@ids) and finished_at between @first and @last and payload_pruned_at is null
