-- Writes a schedule that has the expected version. Changes one row or none; the primary key of schedule.
update schedule set version = @version, task = @task, queue = @queue, timing = @timing, is_paused = @is_paused, next_at = @next_at,
  last_at = @last_at, runs = @runs, payload = @payload, definition = @definition, state = @state
where id = @id and version = @expected
