-- Which records of a queue's jobs that ended in one way are the oldest, so that a number of them can be kept.
create index job_done_outcome on job_done (partition_id, state, finished_at, sequence);
create index job_dead_outcome on job_dead (partition_id, state, finished_at, sequence);
