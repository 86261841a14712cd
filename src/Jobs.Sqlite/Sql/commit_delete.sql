-- Takes a job out of a table that was not handed out more often than the writer knows. Primary key of {table}.
delete from {table} where id = @id and deliveries <= @known_deliveries
