# shellcheck shell=bash disable=SC2034,SC2053
# For tests of the unblock command as it is seen from outside; counts what failed in `failures`.
failures=0

# check NAME STATUS STDOUT-PATTERN STDERR-PATTERN command...; patterns are bash's, for the whole text
check() {
  local name=$1 status=$2 out=$3 err=$4 actual
  shift 4
  "$@" >out 2>err </dev/null
  actual=$?
  if [[ $actual -eq $status && $(<out) == $out && $(<err) == $err ]]; then return; fi
  failures=$((failures + 1))
  printf 'FAILED %s: status %s, expected %s\n  stdout: %s\n  stderr: %s\n' \
    "$name" "$actual" "$status" "$(<out)" "$(<err)"
}
