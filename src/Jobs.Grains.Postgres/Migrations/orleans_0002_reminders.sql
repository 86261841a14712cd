-- Reminders, as Orleans' ADO.NET provider reads them. Each silo reads the ranges of hashes that it owns, every few minutes.
create table {schema}.orleans_reminder (
  service_id text        not null,
  grain_id   text        not null,
  name       text        not null,
  grain_hash integer     not null,
  start_time timestamptz not null,
  period_ms  bigint      not null,
  version    integer     not null,
  primary key (service_id, grain_id, name)
);

create index orleans_reminder_hash on {schema}.orleans_reminder (service_id, grain_hash);

insert into {schema}.orleansquery (querykey, querytext) values
('UpsertReminderRowKey', $query$
  insert into {schema}.orleans_reminder as r (service_id, grain_id, name, grain_hash, start_time, period_ms, version)
  values (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period, 0)
  on conflict (service_id, grain_id, name) do update
    set grain_hash = excluded.grain_hash, start_time = excluded.start_time, period_ms = excluded.period_ms, version = r.version + 1
  returning r.version as "Version"
$query$),

('ReadReminderRowsKey', $query$
  select grain_id as "GrainId", name as "ReminderName", start_time as "StartTime", period_ms as "Period", version as "Version"
  from {schema}.orleans_reminder
  where service_id = @ServiceId and grain_id = @GrainId
$query$),

('ReadReminderRowKey', $query$
  select grain_id as "GrainId", name as "ReminderName", start_time as "StartTime", period_ms as "Period", version as "Version"
  from {schema}.orleans_reminder
  where service_id = @ServiceId and grain_id = @GrainId and name = @ReminderName
$query$),

-- A range is open at its beginning and closed at its end.
('ReadRangeRows1Key', $query$
  select grain_id as "GrainId", name as "ReminderName", start_time as "StartTime", period_ms as "Period", version as "Version"
  from {schema}.orleans_reminder
  where service_id = @ServiceId and grain_hash > @BeginHash and grain_hash <= @EndHash
$query$),

-- The range that passes the highest hash and goes on at the lowest one.
('ReadRangeRows2Key', $query$
  select grain_id as "GrainId", name as "ReminderName", start_time as "StartTime", period_ms as "Period", version as "Version"
  from {schema}.orleans_reminder
  where service_id = @ServiceId and (grain_hash > @BeginHash or grain_hash <= @EndHash)
$query$),

('DeleteReminderRowKey', $query$
  with gone as (
    delete from {schema}.orleans_reminder
    where service_id = @ServiceId and grain_id = @GrainId and name = @ReminderName and version = @Version
    returning 1)
  select exists (select 1 from gone)
$query$),

('DeleteReminderRowsKey', $query$
  delete from {schema}.orleans_reminder where service_id = @ServiceId
$query$);
