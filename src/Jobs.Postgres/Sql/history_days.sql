-- The tables of the history, the oldest day first. Locks nothing; the catalog.
select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = '{schema}.job_done'::regclass and c.relname ~ '^[a-z0-9_]+$' order by 1
