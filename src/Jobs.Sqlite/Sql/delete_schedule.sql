-- Removes a schedule that has the expected version. Changes one row or none; the primary key of schedule.
delete from schedule where id = @id and version = @expected
