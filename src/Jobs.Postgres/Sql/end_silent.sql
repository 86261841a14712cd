-- Ends sessions that hold up a claim and themselves wait for a process that says nothing: one that was frozen in the middle of a commit would
-- hold its locks for as long as it is frozen. What they had begun is rolled back. Locks nothing.
select count(pg_terminate_backend(silent.pid))
from pg_stat_activity silent
where silent.datname = current_database() and silent.wait_event = 'ClientRead' and silent.state <> 'idle'
  and silent.state_change < clock_timestamp() - @silence
  and exists (
    select 1 from pg_stat_activity claim
    where claim.datname = current_database() and claim.wait_event_type = 'Lock' and strpos(claim.query, '{schema}.claim_partition(') > 0
      and silent.pid = any (pg_blocking_pids(claim.pid)))
