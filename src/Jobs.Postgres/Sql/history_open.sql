-- Makes the tables of days. Locks job_done against other changes of its tables, and those without a day against commits for a moment.
select {schema}.open_days(@first_day, @days)
