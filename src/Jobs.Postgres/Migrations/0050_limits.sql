-- Ready jobs by limit key, for the few that have one: what waits for room in a limit is read key by key. The key is the last thing in the
-- terms, as JSON writes it, so no header can be taken for it; it has no column, because nothing else asks for it here.
create index job_limited on {schema}.job (partition_id, task, substring(terms from '"limitKey":"([^"]*)"}$'), major, minor, sequence)
  where state = 1 and terms like '%"limitKey":"%';
