# `deploy/dev check`: format, lint, sanitizers, fuzzing. Every stage is run even when an earlier
# one failed; each counts, and the last line says how many did.

check_stages=(format tidy asan tsan fuzz)
# What runs under ThreadSanitizer: the log, the projections, the HTTP server and what they stand on.
tsan_tests='^(unit|property)_(async|eventlog|log|storage|keys|command|projection|projections|http|metrics)'

# verdict STATUS TITLE: one check that is not a test program.
verdict() {
  if [ "$1" = 0 ]; then
    total_passed=$((total_passed + 1))
    say "[$(elapsed)] ${green}ok${plain}      $2"
  else
    total_failed=$((total_failed + 1))
    say "[$(elapsed)] ${red}failed${plain}  $2"
  fi
}

own_cpp_files() {
  git ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp' |
    while read -r file; do if [ -e "$file" ]; then echo "$file"; fi; done
}

stage_format() {
  local status=0 files
  mapfile -t files < <(own_cpp_files)
  if [ ${#files[@]} = 0 ]; then die "git lists no source files here; is this a checkout?"; fi
  quietly format format clang-format-19 --dry-run --Werror "${files[@]}" || status=$?
  if [ $status != 0 ]; then
    say "Not formatted (clang-format-19 -i mends them):"
    sed -n 's/^\([^: ]*\):[0-9]*:.*error:.*/  \1/p' "$log_dir/format.log" | sort -u | head -n 20
  fi
  verdict $status "format of ${#files[@]} files"
}

# The commit that this work started from.
base_commit() {
  local base=${DEALOG_BASE:-}
  if [ -z "$base" ]; then base=$(git merge-base HEAD origin/main 2>/dev/null) || true; fi
  if [ -z "$base" ] || [ "$(git rev-parse "$base^{commit}")" = "$(git rev-parse HEAD)" ]; then
    if [ -z "$(git status --porcelain)" ] || [ -z "$base" ]; then base=HEAD~1; fi
  fi
  git rev-parse --verify --quiet "$base^{commit}" || git hash-object -t tree /dev/null
}

# Sources to lint: changed .cpp files, and those beside a changed header; shipped code first.
files_to_lint() {
  local file
  {
    git diff --name-only --diff-filter=d "$(base_commit)" -- '*.cpp' '*.hpp'
    git ls-files --others --exclude-standard -- '*.cpp' '*.hpp'
  } | while read -r file; do
    file=${file%.hpp}
    file=${file%.cpp}.cpp
    if [ -e "$file" ]; then echo "$file"; fi
  done | sort -u | awk '{print ($0 ~ /^tests\//), $0}' | sort -k1,1n -s | cut -d' ' -f2
}

lint_one() {
  local said status=0
  if [ "$(date +%s)" -ge "$1" ]; then
    echo "left out: $2"
    return 0
  fi
  echo "$2"
  said=$(timeout 180 clang-tidy-19 --quiet -p build/release "$2" 2>&1) || status=$?
  if [ "$status" = 124 ]; then echo "left out: $2 (took more than 180 s)"; fi
  grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header' <<<"$said" || true
}
export -f lint_one

stage_tidy() {
  local files all most=${DEALOG_TIDY_FILES:-60} seconds=${DEALOG_TIDY_SECONDS:-420} left status=0
  mapfile -t all < <(files_to_lint)
  files=("${all[@]:0:$most}")
  if [ ${#files[@]} = 0 ]; then
    verdict 0 "clang-tidy: nothing changed since $(base_commit | cut -c 1-10)"
    return 0
  fi
  configure release || die "CMake could not configure the preset release"
  # clang-tidy reads the generated headers and, being of the compiler's version, its PCHs.
  build release proto dealog_pch dealog_test_pch services/api/CMakeFiles/api.dir/cmake_pch.hxx.pch
  quietly "clang-tidy" tidy xargs -a <(printf '%s\n' "${files[@]}") -P "$(jobs_at_once)" -I{} \
    bash -c "lint_one $(($(date +%s) + seconds)) {}"
  grep -E '(warning|error):' "$log_dir/tidy.log" | sort -u | sed "s|$root/||" | head -n 40 || true
  left=$((${#all[@]} - ${#files[@]} + $(grep -c '^left out' "$log_dir/tidy.log" || true)))
  if [ "$left" != 0 ]; then
    say "  clang-tidy left out $left of ${#all[@]} changed files (DEALOG_TIDY_FILES, DEALOG_TIDY_SECONDS)"
  fi
  if grep -qE '(warning|error):' "$log_dir/tidy.log"; then status=1; fi
  verdict $status "clang-tidy on $((${#all[@]} - left)) changed files"
}

stage_asan() {
  build asan dealog tests_all fuzzers_all
  run_suite asan
}

stage_tsan() {
  local targets
  configure tsan || die "CMake could not configure the preset tsan"
  mapfile -t targets < <(ctest --test-dir build/tsan -N -R "$tsan_tests" |
    sed -n 's/^ *Test *#[0-9]*: //p')
  if [ ${#targets[@]} = 0 ]; then die "no test program matches $tsan_tests"; fi
  build tsan "${targets[@]}"
  rm -rf build/tsan/test-results
  run_group tsan threads -R "$tsan_tests"
}

command_check() {
  local stages=("$@") stage
  if [ ${#stages[@]} = 0 ]; then stages=("${check_stages[@]}"); fi
  for stage in "${stages[@]}"; do
    if [[ ! " ${check_stages[*]} " == *" $stage "* ]]; then
      die "there is no stage '$stage': ${check_stages[*]}"
    fi
  done
  setup_for_check
  for stage in "${stages[@]}"; do "stage_$stage"; done
  print_totals
}
