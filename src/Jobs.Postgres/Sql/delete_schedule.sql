-- Removes a schedule that has the expected version. Locks the row; the primary key of schedule.
delete from {schema}.schedule where id = @id and version = @expected
