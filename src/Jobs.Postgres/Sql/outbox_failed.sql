-- Counts a failure of messages, says when they are due again, or parks them. Their rows are locked already; primary key.
update {table} t set attempts = t.attempts + 1, last_error = f.error, updated = @now, retry_at = f.retry_at,
  status = case when t.attempts + 1 >= @max then 'parked' else 'pending' end
from unnest(@ids, @errors, @retries) as f(id, error, retry_at) where t.id = f.id
