#!/usr/bin/env bash
# Starts the cluster of docker-compose.yml as processes on this machine; see the usage below. Needs bash, coreutils, the .NET SDK and
# PostgreSQL (14 or later).
set -u

usage='usage: local-cluster.sh [--jobs N] [--postgres TEXT] [--programs FOLDER]

Starts PostgreSQL in a temporary folder, sets it up, and starts two silos and an app that enqueues a job a second and awaits its result, all
on loopback. It goes on until Ctrl-C, and ends everything that it has started.

  --jobs N           ends when the app has done so many jobs
  --postgres TEXT    takes this database instead, an Npgsql connection string; it is set up, and stays
  --programs FOLDER  takes Jobs.Silo.dll and ClusterApp.dll from there instead of building them'

fail() { printf '%s\n' "$1" >&2; exit "${2:-1}"; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd) || exit 1
jobs= postgres= programs=
while (($#)); do
  case $1 in --help | -h) printf '%s\n' "$usage"; exit 0 ;; esac
  (($# > 1)) || fail "'$1' is not known, or needs a value.
$usage" 2
  case $1 in
    --jobs) [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "--jobs is a positive number, and not '$2'." 2; jobs=$2 ;;
    --postgres) postgres=$2 ;;
    --programs) programs=$(cd -- "$2" 2>/dev/null && pwd) || fail "There is no folder '$2'." 2 ;;
    *) fail "'$1' is not known.
$usage" 2 ;;
  esac
  shift 2
done
command -v dotnet >/dev/null || fail 'dotnet is missing: install the .NET 10 SDK.'

started=() # what to end, the last one first
binaries= data=
# Root's own temporary folder may be closed to the user that PostgreSQL runs as.
if ((EUID == 0)); then base=/tmp; else base=${TMPDIR:-/tmp}; fi
work=$(mktemp -d "$base/jobs-cluster.XXXXXX") || exit 1

# PostgreSQL refuses to run as root.
as_user() { if ((EUID == 0)); then (cd / && exec runuser -u postgres -- "$@"); else "$@"; fi; }

cleanup() {
  trap '' INT TERM
  local i
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    kill -TERM "${started[i]}" 2>/dev/null
    wait "${started[i]}" 2>/dev/null
  done
  if [[ -n $data && -f $data/postmaster.pid ]]; then as_user "$binaries/pg_ctl" -D "$data" -m fast -w stop >/dev/null 2>&1; fi
  rm -rf -- "$work"
  printf 'Everything is stopped.\n'
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

free_port() { # a port that nobody listens on
  local port
  for ((port = $1; port < $1 + 1000; port++)); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then printf '%s' "$port"; return; fi
  done
  return 1
}

start_postgres() {
  local folder port tries
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) ${PATH//:/ }; do
    if [[ -x $folder/initdb && -x $folder/pg_ctl ]]; then binaries=$folder; break; fi
  done
  [[ -n $binaries ]] || fail 'PostgreSQL is missing: install its server (Debian: apt-get install postgresql; macOS: brew install postgresql).'
  # The server's user must reach its folder.
  chmod 711 -- "$work"
  mkdir -- "$work/postgres"
  if ((EUID == 0)); then chown postgres -- "$work/postgres" || fail 'There is no user postgres to run PostgreSQL as.'; fi
  data=$work/postgres/data
  as_user "$binaries/initdb" -D "$data" -A trust -U jobs -E UTF8 >"$work/postgres.log" 2>&1 ||
    { cat -- "$work/postgres.log" >&2; fail 'The folder of PostgreSQL cannot be made.'; }
  # A port may be held although nobody answers there, as by a connection that was closed a moment ago.
  for ((tries = 0, port = 15432; tries < 10; tries++, port++)); do
    port=$(free_port "$port") || fail 'No port is free for PostgreSQL.'
    as_user "$binaries/pg_ctl" -D "$data" -w -l "$work/postgres/log" -o "-p $port -c listen_addresses=127.0.0.1 \
      -c unix_socket_directories=$work/postgres" start >>"$work/postgres.log" 2>&1 </dev/null && break
  done
  ((tries < 10)) || { cat -- "$work/postgres.log" "$work/postgres/log" >&2; fail 'PostgreSQL does not start.'; }
  postgres="Host=127.0.0.1;Port=$port;Username=jobs;Database=postgres"
}

# In the background, so that Ctrl-C is heard at once; with a group of its own, so that it ends in the order of this script.
start() { # NAME COMMAND...
  local name=$1
  shift
  setsid "$@" </dev/null > >(while IFS= read -r line; do printf '%s: %s\n' "$name" "$line"; done) 2>&1 &
  started+=($!)
}

start_silo() { # NAME FIRST-PORTS
  local siloport gatewayport
  siloport=$(free_port "$2") && gatewayport=$(free_port "$3") || fail 'No port is free for a silo.'
  start "$1" dotnet exec "$app" silo --postgres "$postgres" --silo-port "$siloport" --gateway-port "$gatewayport"
  for ((i = 0; i < 600; i++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$gatewayport") 2>/dev/null; then return; fi
    kill -0 "${started[-1]}" 2>/dev/null || break
    sleep 0.1
  done
  fail "$1 does not start."
}

if [[ -z $programs ]]; then
  dotnet build "$root/silo/Jobs.Silo" -c Release --nologo -verbosity:quiet >&2 &&
    dotnet build "$root/samples/ClusterApp" -c Release --nologo -verbosity:quiet >&2 || fail 'The programs do not build.'
  silo=$root/silo/Jobs.Silo/bin/Release/net10.0/Jobs.Silo.dll
  app=$root/samples/ClusterApp/bin/Release/net10.0/ClusterApp.dll
else
  silo=$programs/Jobs.Silo.dll
  app=$programs/ClusterApp.dll
fi
[[ -n $postgres ]] || start_postgres
dotnet exec "$silo" migrate --postgres "$postgres" </dev/null || fail 'The database cannot be set up.'
start_silo silo1 11111 30000
start_silo silo2 11200 30100
start app dotnet exec "$app" app --postgres "$postgres" ${jobs:+--jobs "$jobs"}
wait "${started[-1]}"
