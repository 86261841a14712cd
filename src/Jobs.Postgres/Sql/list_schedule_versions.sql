-- The version of every schedule. Locks nothing; reads all of schedule, whose rows are few.
select id, version from {schema}.schedule
