-- History by days, and what its pruning reads. "{schema}" stands for the schema's name.

-- Whose retention is over, day by day, and which of them are a queue's oldest of one outcome.
create index job_done_keep on {schema}.job_done (keep_until);
create index job_done_outcome on {schema}.job_done (partition_id, state, finished_at, sequence);
create index job_dead_outcome on {schema}.job_dead (partition_id, state, finished_at, sequence);

-- Whether a day that is to be opened has records where those without a day are.
create index job_done_other_day on {schema}.job_done_other (finished_at);

-- Whether a table of the history is there. Asked of the catalog, because to_regclass may answer from a cache that does not know yet what
-- another process has done.
create function {schema}.has_day(day text) returns boolean language sql volatile as $$
  select exists (select 1 from pg_catalog.pg_class where relnamespace = '{schema}'::regnamespace and relname = day)
$$;

-- Makes the tables of days that records will be finished on, so that a day can be dropped whole. Returns how many of the days there are
-- now. Several processes may do so at once: one waits for the other, and finds the days made. A day is attached beside commits; what has
-- to be locked against them is the table of records without a day, which is next to empty. If that takes too long, if records of the day
-- are there already, or if the role may not create tables, the records go there, and nothing but the dropping of whole days is lost.
create function {schema}.open_days(first_day date, days integer) returns integer language plpgsql set lock_timeout = '1s' as $$
declare
  opened integer := 0;
  day date;
  name text;
  starts timestamptz;
  ends timestamptz;
begin
  perform pg_advisory_xact_lock(hashtext('jobs days {schema}'));
  for i in 0 .. days - 1 loop
    day := first_day + i;
    name := 'job_done_' || to_char(day, 'YYYYMMDD');
    starts := day::timestamp at time zone 'UTC';
    ends := (day + 1)::timestamp at time zone 'UTC';
    begin
      if not {schema}.has_day(name)
        and not exists (select 1 from {schema}.job_done_other where finished_at >= starts and finished_at < ends)
      then
        execute format('create table {schema}.%I (like {schema}.job_done including defaults including constraints)', name);
        execute format('alter table {schema}.job_done attach partition {schema}.%I for values from (%L) to (%L)', name, starts, ends);
      end if;
      opened := opened + {schema}.has_day(name)::integer;
    exception when lock_not_available or check_violation or insufficient_privilege then
      null;
    end;
  end loop;
  return opened;
end $$;

-- Drops a day if nothing in it is to be kept any more, and returns how many records that were, counted up to 100,000. Commits wait while
-- the day is dropped, which takes no longer for a large one; if the lock is not to be had soon, the day stays until the next time.
create function {schema}.drop_day(day text, as_of timestamptz) returns bigint language plpgsql set lock_timeout = '200ms' as $$
declare
  removed bigint;
  lasts timestamptz;
begin
  perform pg_advisory_xact_lock(hashtext('jobs days {schema}'));
  if not {schema}.has_day(day) then
    return 0;
  end if;
  execute format('select count(*) from (select 1 from {schema}.%I limit 100000) counted', day) into removed;
  lock table only {schema}.job_done in access exclusive mode;
  execute format('lock table {schema}.%I in access exclusive mode', day);
  execute format('select max(keep_until) from {schema}.%I', day) into lasts;
  if lasts > as_of then
    return 0;
  end if;
  execute format('drop table {schema}.%I', day);
  return removed;
end $$;
