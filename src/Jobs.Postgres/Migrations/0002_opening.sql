-- What the next owner of a partition reads is bounded, however many jobs wait in it. "{schema}" stands for the schema's name.

-- Every commit keeps the number of unfinished jobs with the partition, so that nobody counts them. Commits lock rows of this table first,
-- and altering it waits for them, so the jobs that are counted here are those of commits that have ended.
alter table {schema}.partition add column unfinished bigint not null default 0;
update {schema}.partition p set unfinished = (select count(*) from {schema}.job j where j.partition_id = p.id);

-- The tasks of jobs that wait for their time, and what is due of one of them.
create index job_task on {schema}.job (partition_id, task, run_at) where state in (0, 3);

-- What a new owner takes over: jobs that were handed out, and those of a group between two attempts.
create index job_started on {schema}.job (partition_id) where state = 2 or (state = 3 and group_key is not null);
