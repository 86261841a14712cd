-- Adds a schedule unless there is one of its id. Locks the row; the primary key of schedule.
insert into {schema}.schedule (id, version, task, queue, timing, is_paused, next_at, last_at, runs, payload, definition, state)
values (@id, @version, @task, @queue, @timing, @is_paused, @next_at, @last_at, @runs, @payload, @definition, @state)
on conflict (id) do nothing
