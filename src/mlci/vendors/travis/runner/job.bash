#!/bin/bash
# Runs the phases of one job as Travis CI's own script does: in one shell, each command by itself.
# PARITY_PHASES is a folder with a folder for each phase, and in it a file for each command; PARITY_RESULT is the
# file that takes the result: 0, 1 when the script failed, 2 when it could not begin.
# shellcheck disable=SC2329  # commands of the file call these functions

parity_phases="${PARITY_PHASES:?}" parity_result="${PARITY_RESULT:?}"
unset PARITY_PHASES PARITY_RESULT

travis_retry() {
  local result=0 count
  for count in 1 2 3; do
    "$@" && return 0
    result=$?
    echo "The command \"$*\" failed. Retrying, $count of 3." >&2
    sleep 1
  done
  return "$result"
}

# Runs a command that may be silent for long: says every minute that it still runs, and shows its output after.
travis_wait() {
  local minutes=20 log="travis_wait_$$.log" pid waiter passed=0 result
  if [[ "$1" =~ ^[0-9]+$ ]]; then
    minutes="$1"
    shift
  fi
  "$@" &>"$log" &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 60 &
    waiter=$!
    wait -n "$pid" "$waiter"
    if kill -0 "$pid" 2>/dev/null; then
      passed=$((passed + 1))
      echo "Still running ($passed of $minutes): $*"
      if ((passed >= minutes)); then
        echo "Timeout (${minutes} minutes) reached. Terminating \"$*\""
        kill -9 "$pid"
      fi
    fi
    kill "$waiter" 2>/dev/null
  done
  wait "$pid" 2>/dev/null
  result=$?
  cat "$log"
  return "$result"
}

travis_fold() { :; }
travis_time_start() { :; }
travis_time_finish() { :; }
travis_nanoseconds() { date +%s%N; }
travis_terminate() { exit "$1"; }

parity_run() {
  local phase="$1" file command
  parity_status=0
  [[ -d "$parity_phases/$phase" ]] || return 0
  for file in "$parity_phases/$phase"/*; do
    command="$(<"$file")"
    export TRAVIS_CMD="$command"
    echo "\$ $command"
    eval "$command"
    parity_last=$?
    if [[ "$parity_last" -ne 0 ]]; then
      echo "The command \"$command\" exited with $parity_last."
      parity_status=1
      [[ "$2" == assert ]] && return 1
    fi
  done
  return 0
}

parity_run env
for parity_phase in before_install install before_script; do
  if ! parity_run "$parity_phase" assert; then
    echo "The command failed in $parity_phase: the job ends here."
    echo 2 >"$parity_result"
    exit 2
  fi
done
parity_run script
TRAVIS_TEST_RESULT="$parity_status"
export TRAVIS_TEST_RESULT
echo "$TRAVIS_TEST_RESULT" >"$parity_result"
parity_run before_cache
if [[ "$TRAVIS_TEST_RESULT" -eq 0 ]]; then
  parity_run after_success
else
  parity_run after_failure
fi
parity_run after_script
exit "$TRAVIS_TEST_RESULT"
