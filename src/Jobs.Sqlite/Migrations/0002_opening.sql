-- What the next owner of a partition reads is bounded, however many jobs wait in it.

-- Every commit keeps the number of unfinished jobs with the partition, so that nobody counts them.
alter table partition add column unfinished integer not null default 0;
update partition set unfinished = (select count(*) from job where job.partition_id = partition.id);

-- The tasks of jobs that wait for their time.
create index job_unready_task on job (partition_id, task) where ready = 0 and state in (0, 3);

-- Jobs of a group between two attempts: a new owner takes them over.
create index job_between on job (partition_id) where state = 3 and group_key is not null;
