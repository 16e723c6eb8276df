# `deploy/dev test|soak`: runs test programs through ctest and counts their cases.
# Each GoogleTest program leaves build/<preset>/test-results/<name>.json; a program without one
# (a script, or one that crashed) counts as one case.

test_labels=(layers unit property e2e crash)
total_passed=0 total_failed=0 total_skipped=0

# From a GoogleTest JSON file: "passed failed skipped".
count_cases() {
  jq -r '[.testsuites[].testsuite[]] |
    [(map(select(.status == "RUN" and .result != "SKIPPED" and (.failures | not))) | length),
     (map(select(.failures)) | length),
     (map(select((.failures | not) and (.status != "RUN" or .result == "SKIPPED"))) | length)] |
    map(tostring) | join(" ")' "$1"
}

# The failed cases of a JSON file with the first lines of what they said.
show_failed_cases() {
  jq -r '.testsuites[].testsuite[] | select(.failures) |
    "    \(.classname).\(.name)\n" +
    (.failures[0].failure | split("\n") | .[:6] | map("      " + .) | join("\n"))' "$1" |
    cut -c 1-200 | head -n 60 || true
}

# The last lines that a program printed, from ctest's log.
show_output() {
  awk -v name="$2" '/^[0-9]+\/[0-9]+ Testing: / {mine = ($3 == name)}
    /^<end of output>|^Test time = / {on = 0}
    on && mine
    /^----------/ {on = 1}' "$1" | grep -v -e '^ *$' -e '^-----' | tail -n 25 | cut -c 1-200 | sed 's/^/    /' || true
}

# count_group BUILD JUNIT: adds what ctest ran to the totals; prints what failed.
count_group() {
  local folder=$1 junit=$2 name status json passed failed skipped
  group_passed=0 group_failed=0 group_skipped=0 group_programs=0 group_report=
  while read -r name status; do
    group_programs=$((group_programs + 1))
    json=$folder/test-results/$name.json
    passed=0 failed=0 skipped=0
    if [ -s "$json" ]; then read -r passed failed skipped < <(count_cases "$json"); fi
    case "$status" in
      run) if [ ! -s "$json" ]; then passed=1; fi ;;
      disabled) skipped=$((skipped + 1)) ;;
      *)
        if [ "$failed" = 0 ]; then failed=1; fi
        group_report+="  $red$name$plain"$'\n'
        if [ -s "$json" ]; then group_report+=$(show_failed_cases "$json")$'\n'; fi
        if ! { [ -s "$json" ] && grep -q '"failures": \[' "$json"; }; then
          group_report+=$(show_output "$folder/Testing/Temporary/LastTest.log" "$name")$'\n'
        fi
        ;;
    esac
    group_passed=$((group_passed + passed))
    group_failed=$((group_failed + failed))
    group_skipped=$((group_skipped + skipped))
  done < <(sed -n 's/.*<testcase name="\([^"]*\)".* status="\([a-z]*\)".*/\1 \2/p' "$junit")
}

# run_group PRESET TITLE CTEST-ARGUMENTS…
run_group() {
  local preset=$1 title=$2 folder=$root/build/$1 from junit
  shift 2
  from=$(date +%s)
  junit=$folder/test-results/$title.xml
  mkdir -p "$folder/test-results"
  rm -f "$junit"
  quietly "$preset $title" "test-$preset-$title" ctest --test-dir "$folder" \
    --output-junit "$junit" --no-tests=ignore -j "$(jobs_at_once)" "$@" || true
  if [ ! -e "$junit" ]; then die "ctest wrote no results: see .cache/logs/test-$preset-$title.log"; fi
  count_group "$folder" "$junit"
  total_passed=$((total_passed + group_passed))
  total_failed=$((total_failed + group_failed))
  total_skipped=$((total_skipped + group_skipped))
  if [ "$group_programs" = 0 ]; then return 0; fi
  printf '[%s] %-9s %3d programs  %5d passed  %3d failed%s  %4d s\n' "$(elapsed)" "$title" \
    "$group_programs" "$group_passed" "$group_failed" \
    "$(if [ "$group_skipped" != 0 ]; then printf '  %d skipped' "$group_skipped"; fi)" \
    $(($(date +%s) - from))
  if [ -n "$group_report" ]; then printf '%s' "$group_report"; fi
}

# Every test of a build folder: the labels in order, then whatever carries none of them.
run_suite() {
  local preset=$1 label labels=("${@:2}")
  if [ ${#labels[@]} = 0 ]; then labels=("${test_labels[@]}"); fi
  rm -rf "$root/build/$preset/test-results"
  for label in "${labels[@]}"; do
    run_group "$preset" "$label" -L "^$label\$"
  done
  if [ $# = 1 ]; then
    run_group "$preset" others -LE "^($(IFS='|'; echo "${test_labels[*]}"))\$"
  fi
}

# The last line: what a program reads. Fails when anything failed.
print_totals() {
  local skipped=''
  if [ "$total_skipped" != 0 ]; then skipped=", $total_skipped skipped"; fi
  printf '%d passed, %d failed%s\n' "$total_passed" "$total_failed" "$skipped"
  [ "$total_failed" = 0 ]
}

command_test() {
  local label
  for label in "$@"; do
    if [[ ! " ${test_labels[*]} " == *" $label "* ]]; then
      die "there is no label '$label': ${test_labels[*]}"
    fi
  done
  setup_for_build
  build release
  run_suite release "$@"
  print_totals
}

# How often something was broken in a soak round and how much had been acknowledged by then, of the
# file that programs add to: "kills 50 4711".
print_tally() {
  [ -s "$1" ] || return 0
  awk '{n[$1] += $2; a[$1] += $3}
    END {for (k in n) printf "%d %s, %d appends acknowledged before them\n", n[k], k, a[k]}' "$1" |
    sed 's/_/ /' | sort
}

# Round after round with a new seed until the time is up. Programs read DEALOG_SEED and how often
# they break something: kill -9 of the server, power cuts, every form of an error at every call of
# the disk, racing clients; RapidCheck reads RC_PARAMS. Data folders are in memory where there is
# room: what is simulated does not depend on the machine's disk.
command_soak() {
  local minutes=${1:-30} seed deadline round=0 tally=$root/.cache/soak-tally
  [[ "$minutes" =~ ^[0-9]+$ ]] || die "soak takes a number of minutes, not '$minutes'"
  setup_for_build
  build release
  seed=${DEALOG_SEED:-$((RANDOM << 15 | RANDOM))}
  deadline=$(($(date +%s) + minutes * 60))
  mkdir -p "$root/.cache"
  : >"$tally"
  if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi
  while :; do
    round=$((round + 1))
    say "[$(elapsed)] Round $round: DEALOG_SEED=$seed"
    DEALOG_SEED=$seed DEALOG_SOAK_TALLY=$tally RC_PARAMS="seed=$seed max_success=1000" \
      DEALOG_KILLS=${DEALOG_KILLS:-100} DEALOG_CUTS=${DEALOG_CUTS:-100} \
      DEALOG_HISTORIES=${DEALOG_HISTORIES:-50} DEALOG_DEALS=${DEALOG_DEALS:-5} \
      DEALOG_ALL_ERRORS=${DEALOG_ALL_ERRORS:-1} \
      run_group release "soak" -R '^(property_|crash_|e2e_kill_)'
    if [ "$total_failed" != 0 ]; then
      say "Seed $seed of commit $(git rev-parse --short HEAD) failed; DEALOG_SEED=$seed repeats it"
      break
    fi
    if [ "$(date +%s)" -ge "$deadline" ]; then break; fi
    seed=$((seed + 1))
  done
  print_tally "$tally"
  print_totals
}
