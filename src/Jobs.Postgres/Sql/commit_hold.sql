-- First statement of a commit that others go on beside, whose fence comes last: keeps takeovers out, and nobody else. Locks the partitions'
-- rows FOR KEY SHARE until its end, which a takeover waits for and the others' fences do not; primary key of partition.
select 1 from {schema}.partition where id = any(@ids) order by id for key share
