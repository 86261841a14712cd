-- The fence and what every commit keeps with a partition are one update. "{schema}" stands for the schema's name.

-- Stops a commit whose writer does not own its partitions any more (rule I3). The update waits for a takeover under way, and then finds
-- another epoch; a takeover waits for it, and a commit that comes after that is refused. The rows are locked in the order that they are
-- named in, by their ids, so that two commits never wait for each other crosswise. It goes by primary key, so its plan, which would take
-- longer to make than to run, is made once for each session.
drop function {schema}.require_epochs(integer[], bigint[], bigint[]);
create function {schema}.require_epochs(ids integer[], epochs bigint[], sequences bigint[], jobs bigint[]) returns void
  language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  for i in 1 .. array_length(ids, 1) loop
    update {schema}.partition set last_sequence = greatest(last_sequence, sequences[i]), unfinished = unfinished + jobs[i]
      where id = ids[i] and epoch = epochs[i];
    if not found then
      raise exception 'partition % has another owner', ids[i] using errcode = 'JB001', hint = ids[i]::text;
    end if;
  end loop;
end $$;
