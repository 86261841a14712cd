-- Payloads that go before their records do. "{schema}" stands for the schema's name.

-- When a finished job's payload was removed; null while it is there.
alter table {schema}.job_done add column payload_pruned_at timestamptz;
alter table {schema}.job_dead add column payload_pruned_at timestamptz;

-- A queue's oldest records of one outcome, those with their payloads apart, so that whoever empties payloads never reads the others again.
-- Each record is in one of the two, and a job's end costs what it did.
drop index {schema}.job_done_outcome;
drop index {schema}.job_dead_outcome;
create index job_done_outcome on {schema}.job_done (partition_id, state, finished_at, sequence) where payload_pruned_at is null;
create index job_done_emptied on {schema}.job_done (partition_id, state, finished_at, sequence) where payload_pruned_at is not null;
create index job_dead_outcome on {schema}.job_dead (partition_id, state, finished_at, sequence) where payload_pruned_at is null;
create index job_dead_emptied on {schema}.job_dead (partition_id, state, finished_at, sequence) where payload_pruned_at is not null;
