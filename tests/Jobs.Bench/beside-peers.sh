#!/usr/bin/env bash
# Measures this engine on PostgreSQL beside other job queues, on the same servers and in the same run; see the usage below.
# Needs bash, coreutils, the .NET SDK, PostgreSQL (14 or later), redis-server, node and npm (its registry, unless --node-modules is given).
set -u

usage='usage: beside-peers.sh [OPTION VALUE]...

  --jobs N               jobs of each measure (default: 50000)
  --rounds N             rounds of all systems; medians count (default: 3)
  --peers FOLDER         the programs of the other queues (default: $JOBS_PEERS, or else ../shared/peers seen from the project'"'"'s root)
  --node-modules FOLDER  an installation of their packages from before (default: installed into the temporary folder)
  --cluster yes|no       whether a cluster of one silo is measured as well, with its client in a process of its own; needs Orleans (default: no)
  --only SYSTEM          one system only: jobs, cluster, graphile, pgboss or bullmq; then there are no ratios

Each round runs every system once, every other round in reverse order. Each run on PostgreSQL has a new database, after a checkpoint; this engine
runs measure by measure, and the median of three tries counts after those that warm it up. The other queues are tried once a round.
PostgreSQL runs with fsync and synchronous_commit on, and with defaults otherwise; Redis with an append-only file, fsync every second.
Prints one JSON line for each median, and then the ratios; what each round measured goes to the error output.
Servers and files are in a temporary folder and on loopback, and are removed at the end, after Ctrl-C too.'

fail() { printf '%s\n' "$1" >&2; exit "${2:-1}"; }
positive() { [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "$1 is a positive number, and not '$2'." 2; }

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd) || exit 1
root=$(cd -- "$here/../.." && pwd) || exit 1
clusters=$root/tests/Jobs.Cluster.Bench
jobs=50000 rounds=3 only= cluster=no node_modules= peers=${JOBS_PEERS:-$root/../shared/peers}
while (($#)); do
  case $1 in --help | -h) printf '%s\n' "$usage"; exit 0 ;; esac
  (($# > 1)) || fail "'$1' is not known, or needs a value. beside-peers.sh --help lists the options." 2
  case $1 in
    --jobs) positive "$@"; jobs=$2 ;;
    --rounds) positive "$@"; rounds=$2 ;;
    --peers) peers=$2 ;;
    --node-modules) node_modules=$(cd -- "$2" 2>/dev/null && pwd) || fail "There is no folder '$2'." 2 ;;
    --cluster) case $2 in yes | no) cluster=$2 ;; *) fail "--cluster is yes or no, and not '$2'." 2 ;; esac ;;
    --only)
      case $2 in jobs | cluster | graphile | pgboss | bullmq) only=$2 ;; *) fail "--only is one of jobs, cluster, graphile, pgboss, bullmq." 2 ;; esac
      ;;
    *) fail "'$1' is not known. beside-peers.sh --help lists the options." 2 ;;
  esac
  shift 2
done

for file in common.mjs graphile.mjs pgboss.mjs bullmq.mjs package.json; do
  [[ -f $peers/$file ]] ||
    fail "The programs of the other queues are not there: $peers/$file is missing. They are no part of this repository; name their folder with --peers."
done
command -v dotnet >/dev/null || fail 'dotnet is missing: install the .NET 10 SDK.'
command -v node >/dev/null && command -v npm >/dev/null || fail 'node or npm is missing: install Node.js 20 or later (Debian: apt-get install nodejs npm).'
command -v redis-server >/dev/null || fail 'redis-server is missing: install Redis (Debian: apt-get install redis-server; macOS: brew install redis).'
binaries=
for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) ${PATH//:/ }; do
  if [[ -x $folder/initdb && -x $folder/pg_ctl ]]; then binaries=$folder; break; fi
done
[[ -n $binaries ]] || fail 'PostgreSQL is missing: install its server (Debian: apt-get install postgresql; macOS: brew install postgresql).'

child= redis=
work=$(mktemp -d "${TMPDIR:-/tmp}/jobs-peers.XXXXXX") || exit 1
data=$work/postgres/data

# PostgreSQL refuses to run as root.
as_user() { if ((EUID == 0)); then (cd / && exec runuser -u postgres -- "$@"); else "$@"; fi; }

cleanup() {
  trap '' INT TERM
  if [[ -n $child ]]; then kill -TERM "$child" 2>/dev/null; wait "$child" 2>/dev/null; fi
  if [[ -n $redis ]]; then kill -TERM "$redis" 2>/dev/null; wait "$redis" 2>/dev/null; fi
  if [[ -f $data/postmaster.pid ]]; then as_user "$binaries/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1; fi
  rm -rf -- "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# In the background, so that a signal is heard at once and not when the program has ended.
run() {
  local code
  "$@" </dev/null &
  child=$!
  wait "$child"
  code=$?
  child=
  return "$code"
}

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); });'; }

start_postgres() {
  # The server's user must reach its folder.
  chmod 711 -- "$work"
  mkdir -- "$work/postgres"
  if ((EUID == 0)); then chown postgres -- "$work/postgres" || fail 'There is no user postgres to run PostgreSQL as.'; fi
  postgres_port=$(free_port)
  run as_user "$binaries/initdb" -D "$data" -A trust -U jobs -E UTF8 >"$work/postgres.log" 2>&1 &&
    run as_user "$binaries/pg_ctl" -D "$data" -w -l "$work/postgres/log" -o "-p $postgres_port -c listen_addresses=127.0.0.1 \
      -c unix_socket_directories=$work/postgres -c max_connections=200 -c fsync=on -c synchronous_commit=on" start >>"$work/postgres.log" 2>&1 ||
    { cat -- "$work/postgres.log" "$work/postgres/log" >&2; fail 'PostgreSQL does not start.'; }
}

start_redis() {
  mkdir -- "$work/redis"
  redis_port=$(free_port)
  redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$work/redis" --save '' --appendonly yes --appendfsync everysec \
    >"$work/redis.log" 2>&1 </dev/null &
  redis=$!
  for ((i = 0; i < 100; i++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$redis_port") 2>/dev/null; then return; fi
    kill -0 "$redis" 2>/dev/null || break
    sleep 0.1
  done
  cat -- "$work/redis.log" >&2
  fail 'Redis does not start.'
}

sql() { "$binaries/psql" -h 127.0.0.1 -p "$postgres_port" -U jobs -d postgres -qAtX -v ON_ERROR_STOP=1 -c "$1"; }

new_database() {
  sql "drop database if exists bench with (force)" 2>/dev/null && sql "create database bench" && sql "checkpoint" || fail 'PostgreSQL makes no database.'
}

measure() { # SYSTEM
  case $1 in
    jobs)
      # Rounds that warm up write ten times what is measured, so each measure has a database of its own, as the other queues have for all of theirs.
      for part in enqueue_single enqueue_batch drain cycle latency; do
        new_database
        run dotnet exec "$here/bin/Release/net10.0/Jobs.Bench.dll" --store postgres --measure "$part" --jobs "$jobs" --rounds 3 \
          --postgres "Host=127.0.0.1;Port=$postgres_port;Username=jobs;Database=bench" || return 1
      done
      ;;
    cluster)
      new_database
      run dotnet exec "$clusters/bin/Release/net10.0/Jobs.Cluster.Bench.dll" --silos 1 --embedded no --jobs "$jobs" --rounds 1 \
        --postgres "Host=127.0.0.1;Port=$postgres_port;Username=jobs;Database=bench"
      ;;
    bullmq) run env "REDIS_PORT=$redis_port" "JOBS=$jobs" node "$work/peers/bullmq.mjs" ;;
    *)
      new_database
      run env "PG_URL=postgres://jobs@127.0.0.1:$postgres_port/bench" "JOBS=$jobs" node "$work/peers/$1.mjs"
      ;;
  esac
}

run dotnet build "$here/Jobs.Bench.csproj" --configuration Release --nologo -verbosity:quiet >&2 || fail 'Jobs.Bench does not build.'
if [[ $cluster == yes || $only == cluster ]]; then
  run dotnet build "$clusters/Jobs.Cluster.Bench.csproj" --configuration Release --nologo -verbosity:quiet >&2 || fail 'Jobs.Cluster.Bench does not build.'
fi
mkdir -- "$work/peers"
cp -- "$peers"/*.mjs "$peers/package.json" "$work/peers/" || exit 1
if [[ -n $node_modules ]]; then
  ln -s -- "$node_modules" "$work/peers/node_modules"
else
  run npm --prefix "$work/peers" install --no-audit --no-fund --silent >&2 || fail 'npm does not install the packages of the other queues.'
fi
start_postgres
start_redis
printf '%s; %s; %s\n' "$("$binaries/postgres" --version)" "$(redis-server --version)" "node $(node --version)" >&2

systems=(jobs graphile pgboss bullmq)
[[ $cluster == no ]] || systems=(jobs cluster graphile pgboss bullmq)
[[ -z $only ]] || systems=("$only")
for ((round = 1; round <= rounds; round++)); do
  for system in "${systems[@]}"; do
    printf 'round %s of %s: %s\n' "$round" "$rounds" "$system" >&2
    measure "$system" >"$work/lines" || fail "$system failed in round $round."
    tee -a "$work/all" <"$work/lines" >&2
  done
  for ((i = 0, reversed = ${#systems[@]}; i < reversed / 2; i++)); do
    other=${systems[i]}
    systems[i]=${systems[reversed - 1 - i]}
    systems[reversed - 1 - i]=$other
  done
done

node "$here/ratios.mjs" <"$work/all"
