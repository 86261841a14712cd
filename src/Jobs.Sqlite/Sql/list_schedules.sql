-- A page of schedules by id. Reads; the primary key of schedule.
select id, version, task, is_paused, next_at, last_at, runs, payload, definition, state from schedule where id > @after order by id limit @limit
