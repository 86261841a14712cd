-- Schedules. version is the fence: a write names the version it was made on. definition and state are JSON that only differs from the
-- defaults; next_at and last_at are microseconds since 1970. The rows are few and each is found by its key, so there is no other index.
create table schedule (
  id         text    primary key,
  version    integer not null,
  task       text    not null,
  queue      text    not null,
  timing     text    not null, -- for people: what definition says of when it fires
  is_paused  integer not null check (is_paused in (0, 1)),
  next_at    integer,
  last_at    integer,
  runs       integer not null,
  payload    blob    not null,
  definition text    not null,
  state      text    not null
) strict, without rowid;
