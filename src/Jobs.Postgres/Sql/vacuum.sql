-- Frees the space of jobs that have left. Writers and readers go on beside it; left out if another vacuum is at it. Not truncated, because that
-- would lock the table, and the space is used again at once.
vacuum (skip_locked, truncate false) {schema}.job
