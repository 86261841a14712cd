-- When a finished job's payload was removed; null while it is there.
alter table job_done add column payload_pruned_at integer;
alter table job_dead add column payload_pruned_at integer;

-- A queue's oldest records of one outcome, those with their payloads apart, so that whoever empties payloads never reads the others again.
drop index job_done_outcome;
drop index job_dead_outcome;
create index job_done_outcome on job_done (partition_id, state, finished_at, sequence) where payload_pruned_at is null;
create index job_done_emptied on job_done (partition_id, state, finished_at, sequence) where payload_pruned_at is not null;
create index job_dead_outcome on job_dead (partition_id, state, finished_at, sequence) where payload_pruned_at is null;
create index job_dead_emptied on job_dead (partition_id, state, finished_at, sequence) where payload_pruned_at is not null;
