-- Takes jobs out again that this transaction has put in. Locks their rows; unique index of inbox.
delete from {schema}.inbox where id = any(@ids)
