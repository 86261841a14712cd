-- Changes an unfinished job that was not handed out more often than the writer knows. Primary key of job; moves the places in its indexes.
update job set state = @state, ready = @ready, priority = @priority, run_at = @run_at, major = @major, minor = @minor, failures = @failures,
  deliveries = @deliveries, lost_deliveries = @lost_deliveries, last_attempt = @last_attempt, worker = @worker, started_at = @started_at,
  payload = @payload, notes = @notes
where id = @id and deliveries <= @known_deliveries
