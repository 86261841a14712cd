-- Jobs that an owner before had handed out, and those of a group between two attempts. Locks nothing; index job_started.
select {columns} from {schema}.job j join {schema}.partition p on p.id = j.partition_id
where j.partition_id = @partition and (j.state = 2 or (j.state = 3 and j.group_key is not null))
