-- When the first and the last record of a day is over. Locks nothing; both ends of the day's index of keep_until.
select '{day}', (select min(keep_until) from {schema}.{day}), (select max(keep_until) from {schema}.{day})
