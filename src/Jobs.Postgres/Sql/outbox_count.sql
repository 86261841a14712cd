-- How many messages wait and how many are parked. Locks nothing; reads the whole table, which is small while somebody drains it.
select count(*) filter (where status = 'pending'), count(*) filter (where status = 'parked') from {table}
