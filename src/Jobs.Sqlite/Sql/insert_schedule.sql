-- Adds a schedule unless there is one of its id. Changes one row or none; the primary key of schedule.
insert into schedule (id, version, task, queue, timing, is_paused, next_at, last_at, runs, payload, definition, state)
values (@id, @version, @task, @queue, @timing, @is_paused, @next_at, @last_at, @runs, @payload, @definition, @state)
on conflict (id) do nothing
