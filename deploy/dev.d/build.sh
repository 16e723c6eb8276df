# `deploy/dev build|bench|path|clean`: one build folder a preset, build/<preset>.

binary_path() { echo "$root/build/release/services/dealog/dealog"; }

# A folder is configured again when the presets changed; CMake's own files ninja looks after.
configure() {
  local preset=$1 folder=$root/build/$1
  if [ -e "$folder/build.ninja" ] && [ ! CMakePresets.json -nt "$folder/build.ninja" ]; then
    return 0
  fi
  # A cache of another compiler or an older CMakeLists.txt may stand in the way: start afresh.
  step "Configuring $preset" "configure-$preset" configure_now "$preset"
}

configure_now() { cmake --preset "$1" || cmake --fresh --preset "$1"; }

# build PRESET [TARGET…]: everything when no target is named.
build() {
  local preset=$1
  shift
  configure "$preset" || die "CMake could not configure the preset $preset"
  step "Building $preset${1:+ ($*)}" "build-$preset" \
    ninja -C "build/$preset" -j "$(jobs_at_once)" "$@" || die "the build of $preset failed"
}

command_build() {
  local preset=${1:-release}
  if [ $# -gt 0 ]; then shift; fi
  case "$preset" in
    release) setup_for_build ;;
    asan | tsan | fuzz) setup_for_check ;;
    *) die "there is no preset '$preset': release asan tsan fuzz" ;;
  esac
  build "$preset" "$@"
}

# The peers are installed for the benchmark alone. Newly found client libraries are CMake's to see.
command_bench() {
  local results=$root/.cache/bench
  setup_for_build
  setup_for_bench
  build release dealog_bench bench_rules dealog
  mkdir -p "$results"
  say "[$(elapsed)] Running the benchmark; figures of a busy machine mean nothing"
  "$root/build/release/tests/bench/dealog_bench" \
    --json "$results/results.json" --svg "$results/results.svg" "$@"
  (($#)) || "$root/build/release/tests/bench/bench_rules"
  say "Results: $results/results.json, $results/results.svg"
}

command_path() {
  local binary
  binary=$(binary_path)
  [ -x "$binary" ] || die "there is no binary yet: run \`deploy/dev build\`"
  echo "$binary"
}

command_clean() {
  rm -rf "$root/build"
  say "build/ is removed; data and caches in .cache/ are left alone"
}
