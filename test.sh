#!/usr/bin/env bash
# Builds everything and runs every test suite; see the usage below. Needs bash, awk, coreutils and the .NET SDK.
#
# A project that needs no Orleans is listed in Jobs.Core.slnf, and that is all there is to adding one. A project below tests/ that is
# not listed there counts as one that needs Orleans. A suite is a project that references xunit.v3.
set -u

usage='usage: ./test.sh [--filter TEXT] [--require-orleans]

  --filter TEXT      run only test classes that match; TEXT goes to xunit as -class, as in "*Cron*"
  --require-orleans  fail if the suites that need Orleans cannot run, instead of counting them as skipped

JOBS_TEST_SEED sets the seed of random tests. The last line is "N passed, N failed, N skipped"; exit codes: 0, 1 failed, 2 wrong use.'

filter=
require_orleans=false
while (($#)); do
  case $1 in
    --filter)
      if (($# < 2)) || [[ -z $2 ]]; then printf '%s\n' "--filter needs a text." "$usage" >&2; exit 2; fi
      filter=$2
      shift 2
      ;;
    --require-orleans) require_orleans=true; shift ;;
    --help | -h) printf '%s\n' "$usage"; exit 0 ;;
    *) printf '%s\n' "The argument '$1' is not known." "$usage" >&2; exit 2 ;;
  esac
done

cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false

# Release is what ships, races show more often in it, and the library's invariants stay on.
configuration=Release
# A suite that hangs must not hang whoever waits for it.
suite_limit_seconds=3600

solution=Jobs.Orleans.sln
core=Jobs.Core.slnf
core_projects=$(<"$core")
core_projects=${core_projects//\\\\//}

passed=0
failed=0
skipped=0
failures=()

work=$(mktemp -d "${TMPDIR:-/tmp}/jobs-test.XXXXXX") || exit 1
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() { # SUITE WHAT
  printf '%s: FAILED, %s\n' "$1" "$2"
  failures+=("$1: $2")
}

# The end of a long output says what failed, because the end is what is kept and read.
finish() {
  if ((${#failures[@]} > 0)); then
    printf '\nWhat failed:\n'
    printf '  %s\n' "${failures[@]}"
  fi

  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  exit $((failed > 0))
}

# Each failed test, and as long as there are not too many the first lines of what it says; the rest stands where the suite's output is.
said_of_failures() { # LOG
  awk -v most=200 '
    / \[FAIL\]$/ { left = 24 }
    left == 24 || (left > 0 && said < most) { sub(/^ +/, left == 24 ? "" : "  "); print substr($0, 1, 300); left--; said++ }
  ' "$1"
}

build() { # SOLUTION-OR-PROJECT
  dotnet build "$1" --configuration "$configuration" --no-restore --nologo -warnaserror -verbosity:quiet </dev/null
}

# An attribute of the report's assembly element, which comes first in the file.
attribute() { # NAME REPORT
  local head
  head=$(head -c 4096 -- "$2" | tr -d '\0')
  head=${head#*<assembly }
  if [[ $head =~ (^| )$1=\"([0-9]+)\" ]]; then printf '%s' "${BASH_REMATCH[2]}"; else return 1; fi
}

run_suite() { # PROJECT
  local name folder arguments log report exit_code total ok bad errors left
  name=$(basename -- "$1" .csproj)
  folder=$(dirname -- "$1")/bin/$configuration/net10.0

  # Libraries and other programs stand among the suites.
  grep -q '"xunit.v3"' -- "$1" || return
  if [[ ! -f $folder/$name.dll ]]; then
    fail "$name" 'it was not built'
    ((failed += 1))
    return
  fi

  log=$work/$name.log
  report=$work/$name.xml
  arguments=(-noLogo -noColor -xml "$report")
  if [[ -n $filter ]]; then arguments+=(-class "$filter"); fi
  mkdir -- "$work/tmp"
  TMPDIR=$work/tmp timeout --foreground --kill-after=10 "$suite_limit_seconds" \
    dotnet exec "$folder/$name.dll" "${arguments[@]}" </dev/null >"$log" 2>&1
  exit_code=$?
  rm -rf -- "$work/tmp"

  if [[ ! -s $report ]] || ! total=$(attribute total "$report") || ! ok=$(attribute passed "$report") ||
    ! bad=$(attribute failed "$report") || ! errors=$(attribute errors "$report") || ! left=$(attribute skipped "$report"); then
    cat -- "$log"
    fail "$name" "it ended with exit code $exit_code and without a summary"
    ((failed += 1))
    return
  fi

  ((bad += errors))
  if ((exit_code != 0 && bad == 0)); then
    cat -- "$log"
    fail "$name" "no test failed, but it ended with exit code $exit_code"
    bad=1
  elif ((total == 0)) && [[ -n $filter ]]; then
    printf '%s: no test class matches\n' "$name"
    return
  elif ((total == 0)); then
    cat -- "$log"
    fail "$name" 'it ran no test'
    bad=1
  elif ((bad > 0)); then
    cat -- "$log"
    while IFS= read -r line; do failures+=("$name: $line"); done < <(said_of_failures "$log")
  fi

  printf '%s: %s passed, %s failed, %s skipped\n' "$name" "$ok" "$bad" "$left"
  ((passed += ok, failed += bad, skipped += left))
}

printf 'Building %s (%s)\n' "$core" "$configuration"
if ! dotnet restore "$core" -verbosity:quiet </dev/null || ! build "$core"; then
  printf 'FAILED: %s does not build, so no suite was run.\n' "$core"
  ((failed += 1))
  finish
fi

cluster_suites=()
for project in tests/*/*.csproj; do
  if [[ $core_projects == *"\"$project\""* ]]; then run_suite "$project"; else cluster_suites+=("$project"); fi
done

if ((${#cluster_suites[@]} == 0)); then
  printf 'There are no suites that need Orleans.\n'
elif dotnet restore "$solution" -verbosity:quiet </dev/null >"$work/restore.log" 2>&1; then
  for project in "${cluster_suites[@]}"; do
    if build "$project"; then
      run_suite "$project"
    else
      fail "$(basename -- "$project" .csproj)" 'it does not build'
      ((failed += 1))
    fi
  done
else
  cat -- "$work/restore.log"
  printf '\n*** %s suites that need Orleans DID NOT RUN: their packages cannot be restored (see above). ***\n' "${#cluster_suites[@]}"
  printf '***   %s\n' "${cluster_suites[@]}"
  if $require_orleans; then ((failed += ${#cluster_suites[@]})); else ((skipped += ${#cluster_suites[@]})); fi
fi

if ((passed + failed == 0)); then
  if [[ -n $filter ]]; then printf "FAILED: no test class matches '%s'.\n" "$filter"; else printf 'FAILED: no test was run.\n'; fi
  ((failed += 1))
fi

finish
