-- Writes a schedule that has the expected version; of several at once the first one does. Locks the row; the primary key of schedule.
update {schema}.schedule set version = @version, task = @task, queue = @queue, timing = @timing, is_paused = @is_paused, next_at = @next_at,
  last_at = @last_at, runs = @runs, payload = @payload, definition = @definition, state = @state
where id = @id and version = @expected
