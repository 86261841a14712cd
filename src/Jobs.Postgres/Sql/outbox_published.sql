-- Removes messages that became jobs. Their rows are locked already; primary key.
delete from {table} where id = any(@ids)
