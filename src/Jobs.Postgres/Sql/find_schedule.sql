-- One schedule. Locks nothing; the primary key of schedule.
select id, version, task, is_paused, next_at, last_at, runs, payload, definition, state from {schema}.schedule where id = @id
