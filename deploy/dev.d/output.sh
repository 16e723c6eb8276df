# What people see: step titles with elapsed time, one moving line of progress, short errors.
# Everything that a step prints goes to a file under .cache/logs.

started_at=$(date +%s)
log_dir=$root/.cache/logs
watcher_pid=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
  bold='' red='' green='' plain=''
fi

jobs_at_once() { echo "${DEALOG_JOBS:-$(nproc)}"; }

elapsed() {
  local s=$(($(date +%s) - started_at))
  printf '%d:%02d' $((s / 60)) $((s % 60))
}

say() { printf '%s\n' "$*"; }

die() {
  printf '%sdeploy/dev: %s%s\n' "$red" "$*" "$plain" >&2
  exit 1
}

stop_watcher() {
  [ -z "$watcher_pid" ] && return 0
  kill "$watcher_pid" 2>/dev/null || true
  wait "$watcher_pid" 2>/dev/null || true
  watcher_pid=
  if [ -t 1 ]; then printf '\r\e[K'; fi
}
trap stop_watcher EXIT

# Shows the last line of a growing log: in place on a terminal, once a minute elsewhere.
watch_log() {
  local log=$1 title=$2 line waited=0
  while sleep 1; do
    line=$(tail -c 400 "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^ *$' | tail -n 1) || true
    if [ -t 1 ]; then
      line=$(printf '[%s] %s: %s' "$(elapsed)" "$title" "$line" | cut -c "1-$(tput cols 2>/dev/null || echo 80)")
      printf '\r\e[K%s' "$line"
    else
      waited=$((waited + 1))
      if [ $((waited % 60)) = 0 ]; then printf '[%s]   %s\n' "$(elapsed)" "${line:0:110}"; fi
    fi
  done
}

# quietly TITLE LOG COMMAND…: runs it with its output in .cache/logs/LOG.log; returns its status.
quietly() {
  local title=$1 log=$log_dir/$2.log status=0
  shift 2
  mkdir -p "$log_dir"
  : >"$log"
  watch_log "$log" "$title" &
  watcher_pid=$!
  "$@" >"$log" 2>&1 || status=$?
  stop_watcher
  return $status
}

# step TITLE LOG COMMAND…: the same as a step that must succeed; shows the end of the log if not.
step() {
  local title=$1 log=$2 from status=0
  from=$(date +%s)
  if [ ! -t 1 ]; then say "[$(elapsed)] $title"; fi
  quietly "$@" || status=$?
  if [ $status = 0 ]; then
    say "[$(elapsed)] $bold$title$plain: done in $(($(date +%s) - from)) s"
    return 0
  fi
  say "[$(elapsed)] $red$title failed$plain; the end of .cache/logs/$log.log:"
  grep -E 'error:|FAILED:|E: |CMake Error' "$log_dir/$log.log" | head -n 10 || true
  tail -n 30 "$log_dir/$log.log"
  return $status
}
