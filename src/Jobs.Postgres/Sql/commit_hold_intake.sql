-- As commit_hold, for a commit of nothing but new jobs. Primary key of intake.
select 1 from {schema}.intake where partition_id = any(@ids) order by partition_id for key share
