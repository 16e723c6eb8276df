# The fuzzing stage of `deploy/dev check`: one budget of seconds for all targets, those that were
# fuzzed longest ago first. Seeds are in tests/fuzz/corpus/<parser>; what is found on the way goes
# to .cache/fuzz/corpus, inputs that crash to .cache/fuzz/crashes.

fuzz_dir=$root/.cache/fuzz
fuzz_min_seconds=20 # less finds nothing beyond the seeds

# Names of the targets, least recently fuzzed first; new ones before all, in an order that
# changes with the commit, so that a clean checkout does not always start with the same.
fuzz_order() {
  local name
  mkdir -p "$fuzz_dir"
  touch "$fuzz_dir/last"
  find "$root/build/asan/tests/fuzz" -maxdepth 1 -type f -executable -name 'fuzz_*' -printf '%f\n' |
    while read -r name; do
      echo "$(awk -v n="$name" '$1 == n {t = $2} END {print t + 0}' "$fuzz_dir/last")" \
        "$(echo "$name $(git rev-parse HEAD)" | sha256sum | cut -c 1-8)" "$name"
    done | sort -k1,1n -k2,2 | cut -d' ' -f3
}

fuzz_one() {
  local name=$1 seconds=$2 parser=${1#fuzz_} status=0
  local found=$fuzz_dir/corpus/$parser seeds=$root/tests/fuzz/corpus/$parser
  echo "$parser for $seconds s"
  mkdir -p "$found" "$fuzz_dir/crashes"
  if [ ! -d "$seeds" ]; then seeds=; fi
  "$root/build/asan/tests/fuzz/$name" -timeout=10 -rss_limit_mb=2048 \
    -max_total_time="$seconds" -artifact_prefix="$fuzz_dir/crashes/$parser-" \
    -print_final_stats=1 "$found" ${seeds:+"$seeds"} >"$log_dir/fuzz-$parser.log" 2>&1 || status=$?
  echo "$name $(date +%s) $status" >>"$fuzz_dir/round"
}
export -f fuzz_one

show_crash() {
  local parser=$1 log=$log_dir/fuzz-$1.log
  grep -E 'ERROR: |SUMMARY: |runtime error|broken invariant|^ *#[0-9]+ .* in dealog::' "$log" |
    head -n 8 | cut -c 1-180 | sed 's/^/    /'
  sed -n 's|.*Test unit written to |    input: |p' "$log"
  say "    repeat: build/asan/tests/fuzz/fuzz_$parser INPUT"
}

stage_fuzz() {
  local all names seconds=${DEALOG_FUZZ_SECONDS:-600} lanes each most name status runs
  build asan fuzzers_all
  mapfile -t all < <(fuzz_order)
  if [ ${#all[@]} = 0 ]; then
    verdict 1 "fuzzing: no targets were built"
    return 0
  fi
  lanes=$(jobs_at_once)
  most=$((seconds * lanes / fuzz_min_seconds))
  if [ "$most" -lt 1 ]; then most=1; fi
  names=("${all[@]:0:$most}")
  each=$((seconds / ((${#names[@]} + lanes - 1) / lanes)))
  if [ ${#names[@]} -lt ${#all[@]} ]; then
    say "  $seconds s are too short for all: left for the next time: ${all[*]:$most}"
  fi
  mkdir -p "$fuzz_dir" "$log_dir"
  : >"$fuzz_dir/round"
  export fuzz_dir log_dir root
  quietly "fuzzing ${#names[@]} targets for $seconds s" fuzz \
    xargs -a <(printf '%s\n' "${names[@]}") -P "$lanes" -I{} bash -c "fuzz_one {} $each"
  while read -r name _ status; do
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log_dir/fuzz-${name#fuzz_}.log")
    verdict "$status" "fuzzed ${name#fuzz_} for $each s${runs:+, $runs inputs}"
    if [ "$status" != 0 ]; then show_crash "${name#fuzz_}"; fi
  done <"$fuzz_dir/round"
  cut -d' ' -f1,2 "$fuzz_dir/round" >>"$fuzz_dir/last"
}
