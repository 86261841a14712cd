-- Which silos there are, as Orleans' ADO.NET clustering reads it. The provider finds its statements in the table orleansquery, by key;
-- it names that table without a schema, so its connections have this schema on their search path. "{schema}" stands for the schema's name.
create table {schema}.orleansquery (
  querykey  text primary key,
  querytext text not null
);

-- One row per cluster. Every change of the members raises the version and names the one it has seen, so one of two rivals loses.
create table {schema}.orleans_cluster (
  cluster_id text    primary key,
  version    integer not null
);

create table {schema}.orleans_silo (
  cluster_id    text        not null,
  address       text        not null,
  port          integer     not null,
  generation    integer     not null,
  silo_name     text        not null,
  host_name     text        not null,
  status        integer     not null,
  proxy_port    integer     not null,
  suspect_times text,
  start_time    timestamptz not null,
  alive_at      timestamptz not null,
  primary key (cluster_id, address, port, generation)
);

insert into {schema}.orleansquery (querykey, querytext) values
('InsertMembershipVersionKey', $query$
  with added as (
    insert into {schema}.orleans_cluster (cluster_id, version) values (@DeploymentId, 0) on conflict do nothing returning 1)
  select exists (select 1 from added)
$query$),

-- Locks the cluster's row. A rival waits for it, then finds another version and changes nothing.
('InsertMembershipKey', $query$
  with raised as (
    update {schema}.orleans_cluster c set version = c.version + 1
    where c.cluster_id = @DeploymentId and c.version = @Version and not exists (
      select 1 from {schema}.orleans_silo s
      where s.cluster_id = @DeploymentId and s.address = @Address and s.port = @Port and s.generation = @Generation)
    returning c.cluster_id),
  added as (
    insert into {schema}.orleans_silo
      (cluster_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, alive_at)
    select cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from raised
    returning 1)
  select exists (select 1 from added)
$query$),

('UpdateMembershipKey', $query$
  with raised as (
    update {schema}.orleans_cluster c set version = c.version + 1
    where c.cluster_id = @DeploymentId and c.version = @Version and exists (
      select 1 from {schema}.orleans_silo s
      where s.cluster_id = @DeploymentId and s.address = @Address and s.port = @Port and s.generation = @Generation)
    returning c.cluster_id),
  changed as (
    update {schema}.orleans_silo s set status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime
    from raised
    where s.cluster_id = raised.cluster_id and s.address = @Address and s.port = @Port and s.generation = @Generation
    returning 1)
  select exists (select 1 from changed)
$query$),

('UpdateIAmAlivetimeKey', $query$
  update {schema}.orleans_silo set alive_at = @IAmAliveTime
  where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$query$),

-- The version is there even when the silo, or any silo, is not.
('MembershipReadRowKey', $query$
  select s.address as "Address", s.port as "Port", s.generation as "Generation", s.silo_name as "SiloName", s.host_name as "HostName",
    s.status as "Status", s.proxy_port as "ProxyPort", s.suspect_times as "SuspectTimes", s.start_time as "StartTime",
    s.alive_at as "IAmAliveTime", c.version as "Version"
  from {schema}.orleans_cluster c
  left join {schema}.orleans_silo s
    on s.cluster_id = c.cluster_id and s.address = @Address and s.port = @Port and s.generation = @Generation
  where c.cluster_id = @DeploymentId
$query$),

('MembershipReadAllKey', $query$
  select s.address as "Address", s.port as "Port", s.generation as "Generation", s.silo_name as "SiloName", s.host_name as "HostName",
    s.status as "Status", s.proxy_port as "ProxyPort", s.suspect_times as "SuspectTimes", s.start_time as "StartTime",
    s.alive_at as "IAmAliveTime", c.version as "Version"
  from {schema}.orleans_cluster c
  left join {schema}.orleans_silo s on s.cluster_id = c.cluster_id
  where c.cluster_id = @DeploymentId
$query$),

('GatewaysQueryKey', $query$
  select address as "Address", proxy_port as "ProxyPort", generation as "Generation"
  from {schema}.orleans_silo
  where cluster_id = @DeploymentId and status = @Status and proxy_port > 0
$query$),

('DeleteMembershipTableEntriesKey', $query$
  with silos as (delete from {schema}.orleans_silo where cluster_id = @DeploymentId)
  delete from {schema}.orleans_cluster where cluster_id = @DeploymentId
$query$),

-- Status 3 is an active silo, which stays however long it was silent.
('CleanupDefunctSiloEntriesKey', $query$
  delete from {schema}.orleans_silo where cluster_id = @DeploymentId and alive_at < @IAmAliveTime and status <> 3
$query$);
