-- What holds for the service until somebody changes it: pauses, subscriptions. Few rows that are read together, so there is no index
-- beside the key. Kinds and names sort by their characters' codes; value means what its kind says.
create table {schema}.setting (
  kind       text        collate "C" not null,
  name       text        collate "C" not null,
  value      text,
  changed_at timestamptz not null,
  changed_by text,
  primary key (kind, name)
);
