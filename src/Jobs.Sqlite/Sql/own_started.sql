-- Jobs that an owner before had handed out, and those of a group between two attempts. Reads; indexes job_started and job_between.
select {columns} from job j indexed by job_started where j.partition_id = @partition and j.state = 2
union all
select {columns} from job j indexed by job_between where j.partition_id = @partition and j.group_key is not null and j.state = 3
