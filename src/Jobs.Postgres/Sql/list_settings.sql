-- Every setting in order. Reads all of setting, whose rows are few.
select kind, name, value, changed_at, changed_by from {schema}.setting order by kind, name
