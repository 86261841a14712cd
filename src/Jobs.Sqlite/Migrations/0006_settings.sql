-- What holds for the service until somebody changes it: pauses, subscriptions. Few rows that are read together, so there is no index
-- beside the key. changed_at is microseconds since 1970; value means what its kind says.
create table setting (
  kind       text    not null,
  name       text    not null,
  value      text,
  changed_at integer not null,
  changed_by text,
  primary key (kind, name)
) strict, without rowid;
