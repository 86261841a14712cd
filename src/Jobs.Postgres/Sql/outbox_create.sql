-- The table of messages that producers write, and what a drain reads of it: what is due, in the order of its time. A message that was tried too
-- often is parked: it is not due any more, and stays until somebody deletes it or makes it pending again.
create table if not exists {table} (
  id         bigint      generated always as identity primary key,
  kind       text        not null,
  payload    json        not null,
  created    timestamptz not null default now(),
  updated    timestamptz not null default now(),
  retry_at   timestamptz not null default now(),
  attempts   integer     not null default 0,
  last_error text,
  status     text        not null default 'pending' check (status in ('pending', 'parked'))
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000);

create index if not exists {index} on {table} (retry_at, id) where status = 'pending'
