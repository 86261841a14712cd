-- Removes records of one day whose retention is over, a bounded number. Locks the rows; the day's index of keep_until.
delete from {schema}.{day} where ctid = any(array(select ctid from {schema}.{day} where keep_until <= @as_of order by keep_until limit @max_records))
