-- Writes a setting, whether or not there is one of its kind and name. Changes one row; the primary key of setting.
insert into setting (kind, name, value, changed_at, changed_by) values (@kind, @name, @value, @changed_at, @changed_by)
on conflict (kind, name) do update set value = excluded.value, changed_at = excluded.changed_at, changed_by = excluded.changed_by
