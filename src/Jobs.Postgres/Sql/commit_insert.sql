-- Puts jobs into the hot table; an id or a unique key that is there already is an error, which undoes the commit. Locks nothing else; all
-- indexes of job. What neighbours have in common comes once, by number. Tags travel as JSON text, because arrays of arrays do not unnest.
insert into {schema}.job (id, partition_id, task, state, priority, run_at, sequence, major, minor, enqueued_at, unique_key, group_key, tags,
  failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes)
select j.id, s.partition_id, s.task, s.state, s.priority, s.run_at, j.sequence, s.major, s.minor, s.enqueued_at, s.unique_key, s.group_key,
  case when s.tags is null then null else (select array_agg(t) from json_array_elements_text(s.tags::json) t) end,
  s.failures, s.deliveries, s.lost_deliveries, s.last_attempt, s.worker, s.started_at, j.payload, s.terms, s.notes
from unnest(@id, @sequence, @payload, @shared) as j(id, sequence, payload, shared)
join unnest(@number, @partition_id, @task, @state, @priority, @run_at, @major, @minor, @enqueued_at, @unique_key, @group_key, @tags,
  @failures, @deliveries, @lost_deliveries, @last_attempt, @worker, @started_at, @terms, @notes)
  as s(number, partition_id, task, state, priority, run_at, major, minor, enqueued_at, unique_key, group_key, tags,
    failures, deliveries, lost_deliveries, last_attempt, worker, started_at, terms, notes)
  on s.number = j.shared
