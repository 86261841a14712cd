-- Removes a setting. Changes one row or none; the primary key of setting.
delete from setting where kind = @kind and name = @name
