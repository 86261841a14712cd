-- Removes records by id. Locks the rows; the id index, of the days in question only.
delete from {schema}.{table} where id = any(@ids) and finished_at between @first and @last
