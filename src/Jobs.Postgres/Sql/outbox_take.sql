-- The messages that are due and that nobody else has, which are this transaction's until it ends. Locks the rows; the index of what is due.
select id, kind, payload::text, created, attempts from {table}
where status = 'pending' and retry_at <= @now order by retry_at, id limit @limit for update skip locked
