-- Jobs in the inbox. Locks nothing; unique index of inbox.
select {inbox} from {schema}.inbox i where i.id = any(@ids)
