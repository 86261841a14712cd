-- Puts jobs in, in their order; one whose id is there already is left out, after its transaction was waited for. Returns the ids that were
-- put in. The indexes of inbox.
insert into {schema}.inbox (id, queue, number, task, priority, run_at, enqueued_at, unique_key, group_key, tags, payload, terms)
select j.id, j.queue, j.number, j.task, j.priority, j.run_at, j.enqueued_at, j.unique_key, j.group_key,
  case when j.tags is null then null else (select array_agg(t) from json_array_elements_text(j.tags::json) t) end, j.payload, j.terms
from unnest(@id, @queue, @number, @task, @priority, @run_at, @enqueued_at, @unique_key, @group_key, @tags, @payload, @terms) with ordinality
  as j(id, queue, number, task, priority, run_at, enqueued_at, unique_key, group_key, tags, payload, terms, position)
order by j.position
on conflict (id) do nothing returning id
