-- Commits of a single job, which is what a service with little to do commits. They do the same as the statements for many, but their plans
-- are made once for each session, because making them takes longer than running them. "{schema}" stands for the schema's name.

-- Takes one new job without a unique key in, behind the fence of new jobs.
create function {schema}.take_in(
  in_partition integer, in_epoch bigint, in_id uuid, in_task text, in_state smallint, in_priority integer, in_run_at timestamptz, in_sequence bigint,
  in_major bigint, in_minor bigint, in_enqueued_at timestamptz, in_group_key text, in_tags text[], in_failures integer, in_deliveries integer,
  in_lost_deliveries integer, in_last_attempt integer, in_payload bytea, in_terms text, in_notes text)
returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  update {schema}.intake set last_sequence = greatest(last_sequence, in_sequence), unfinished = unfinished + 1
    where partition_id = in_partition and epoch = in_epoch;
  if not found then
    raise exception 'partition % has another owner', in_partition using errcode = 'JB001', hint = in_partition::text;
  end if;
  insert into {schema}.job (id, partition_id, task, state, priority, run_at, sequence, major, minor, enqueued_at, group_key, tags,
    failures, deliveries, lost_deliveries, last_attempt, payload, terms, notes)
  values (in_id, in_partition, in_task, in_state, in_priority, in_run_at, in_sequence, in_major, in_minor, in_enqueued_at, in_group_key, in_tags,
    in_failures, in_deliveries, in_lost_deliveries, in_last_attempt, in_payload, in_terms, in_notes);
end $$;

-- Moves one job from the hot table to the history that was not handed out more often than the writer knows.
create function {schema}.finish(
  in_partition integer, in_epoch bigint, in_id uuid, in_known_deliveries integer, in_state smallint, in_failures integer, in_deliveries integer,
  in_lost_deliveries integer, in_last_attempt integer, in_worker text, in_started_at timestamptz, in_keep_payload boolean, in_notes text,
  in_finished_at timestamptz, in_keep_until timestamptz, in_result bytea)
returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  update {schema}.partition set unfinished = unfinished - 1 where id = in_partition and epoch = in_epoch;
  if not found then
    raise exception 'partition % has another owner', in_partition using errcode = 'JB001', hint = in_partition::text;
  end if;
  with taken as (delete from {schema}.job where id = in_id and deliveries <= in_known_deliveries returning *)
  insert into {schema}.job_done (id, partition_id, task, state, priority, run_at, sequence, enqueued_at, unique_key, group_key, tags,
    failures, deliveries, lost_deliveries, last_attempt, worker, started_at, payload, terms, notes, finished_at, keep_until, result)
  select t.id, t.partition_id, t.task, in_state, t.priority, t.run_at, t.sequence, t.enqueued_at, t.unique_key, t.group_key, t.tags,
    in_failures, in_deliveries, in_lost_deliveries, in_last_attempt, in_worker, in_started_at, case when in_keep_payload then t.payload else '' end,
    t.terms, in_notes, in_finished_at, in_keep_until, in_result
  from taken t;
  if not found then
    raise exception 'job % is not as it was', in_id using errcode = 'JB002', hint = in_id::text;
  end if;
end $$;
