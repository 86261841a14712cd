-- Drops a day in which nothing is to be kept. Locks job_done and the day against everything, for a moment; the day's index of keep_until.
select {schema}.drop_day(@day, @as_of)
