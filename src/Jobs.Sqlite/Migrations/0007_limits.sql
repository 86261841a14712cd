-- Ready jobs by limit key, for the few that have one: what waits for room in a limit is read key by key.
create index job_limited on job (partition_id, task, json_extract(terms, '$.limitKey'), major, minor, sequence)
  where ready = 1 and instr(terms, '"limitKey":"') > 0;
