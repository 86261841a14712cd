-- Makes parked messages pending again, with all attempts. Locks their rows; reads the whole table.
update {table} set status = 'pending', attempts = 0, retry_at = @now, updated = @now where status = 'parked'
