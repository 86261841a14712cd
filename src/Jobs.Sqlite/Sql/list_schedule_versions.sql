-- The version of every schedule. Reads all of schedule, whose rows are few.
select id, version from schedule
