-- Schedules. version is the fence: a write names the version it was made on. definition and state are JSON that only differs from the
-- defaults. The rows are few and each is found by its key, so there is no other index. Ids sort by their characters' codes.
create table {schema}.schedule (
  id         text        collate "C" primary key,
  version    bigint      not null,
  task       text        not null,
  queue      text        not null,
  timing     text        not null,
  is_paused  boolean     not null,
  next_at    timestamptz,
  last_at    timestamptz,
  runs       bigint      not null,
  payload    bytea       not null,
  definition text        not null,
  state      text        not null
) with (fillfactor = 70);

comment on column {schema}.schedule.timing is 'for people: what definition says of when it fires';
