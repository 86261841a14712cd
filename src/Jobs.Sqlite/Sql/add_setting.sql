-- Adds a setting unless there is one of its kind and name. Changes one row or none; the primary key of setting.
insert into setting (kind, name, value, changed_at, changed_by) values (@kind, @name, @value, @changed_at, @changed_by)
on conflict (kind, name) do nothing
