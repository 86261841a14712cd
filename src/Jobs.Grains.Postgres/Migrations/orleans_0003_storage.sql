-- Grain state, as Orleans' ADO.NET provider reads it: schedules and queue settings, never jobs. A grain has one row, and the key says so:
-- of two activations that write the first state of a grain, one is refused.
create table {schema}.orleans_state (
  service_id      text        not null,
  grain_type_hash integer     not null,
  grain_id_hash   integer     not null,
  grain_id_n0     bigint      not null,
  grain_id_n1     bigint      not null,
  grain_type      text        not null,
  grain_extension text        not null,
  version         integer     not null,
  modified_at     timestamptz not null default now(),
  payload         bytea,
  primary key (service_id, grain_type_hash, grain_id_hash, grain_id_n0, grain_id_n1, grain_type, grain_extension)
);

insert into {schema}.orleansquery (querykey, querytext) values
('ReadFromStorageKey', $query$
  select payload as "PayloadBinary", version as "Version"
  from {schema}.orleans_state
  where service_id = @ServiceId and grain_type_hash = @GrainTypeHash and grain_id_hash = @GrainIdHash
    and grain_id_n0 = @GrainIdN0 and grain_id_n1 = @GrainIdN1
    and grain_type = @GrainTypeString and grain_extension = coalesce(@GrainIdExtensionString, '')
$query$),

-- A grain that knows no version inserts, one that knows a version updates that one. The answer is the new version; the version that came
-- in, or none, says that somebody else was faster.
('WriteToStorageKey', $query$
  with added as (
    insert into {schema}.orleans_state
      (service_id, grain_type_hash, grain_id_hash, grain_id_n0, grain_id_n1, grain_type, grain_extension, version, payload)
    select @ServiceId, @GrainTypeHash, @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeString, coalesce(@GrainIdExtensionString, ''), 1, @PayloadBinary
    where @GrainStateVersion is null
    on conflict do nothing
    returning version),
  changed as (
    update {schema}.orleans_state set payload = @PayloadBinary, version = version + 1, modified_at = now()
    where service_id = @ServiceId and grain_type_hash = @GrainTypeHash and grain_id_hash = @GrainIdHash
      and grain_id_n0 = @GrainIdN0 and grain_id_n1 = @GrainIdN1
      and grain_type = @GrainTypeString and grain_extension = coalesce(@GrainIdExtensionString, '')
      and version = @GrainStateVersion
    returning version)
  select coalesce((select version from added), (select version from changed), @GrainStateVersion) as "NewGrainStateVersion"
$query$),

('ClearStorageKey', $query$
  with cleared as (
    update {schema}.orleans_state set payload = null, version = version + 1, modified_at = now()
    where service_id = @ServiceId and grain_type_hash = @GrainTypeHash and grain_id_hash = @GrainIdHash
      and grain_id_n0 = @GrainIdN0 and grain_id_n1 = @GrainIdN1
      and grain_type = @GrainTypeString and grain_extension = coalesce(@GrainIdExtensionString, '')
      and version = @GrainStateVersion
    returning version)
  select coalesce((select version from cleared), @GrainStateVersion) as "NewGrainStateVersion"
$query$),

('DeleteStorageKey', $query$
  with gone as (
    delete from {schema}.orleans_state
    where service_id = @ServiceId and grain_type_hash = @GrainTypeHash and grain_id_hash = @GrainIdHash
      and grain_id_n0 = @GrainIdN0 and grain_id_n1 = @GrainIdN1
      and grain_type = @GrainTypeString and grain_extension = coalesce(@GrainIdExtensionString, '')
      and version = @GrainStateVersion
    returning version + 1 as version)
  select coalesce((select version from gone), @GrainStateVersion) as "NewGrainStateVersion"
$query$);
