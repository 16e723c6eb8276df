# `deploy/dev setup`: the Debian 12 packages that Dealog is built from and checked with.

build_packages=(
  clang-19 lld-19 ccache cmake ninja-build pkg-config git
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libboost-system1.81-dev
  librocksdb-dev libcurl4-openssl-dev libprotobuf-dev protobuf-compiler libssl-dev libicu-dev
  libzstd-dev libgmime-3.0-dev libexpat1-dev
  libpango1.0-dev libcairo2-dev libqrencode-dev libical-dev
  fonts-liberation2 fonts-dejavu-core poppler-utils python3-aiosmtpd
  libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev libyaml-cpp-dev
  libjemalloc-dev libhowardhinnant-date-dev prometheus-cpp-dev libphonenumber8 libabsl-dev
  libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev
  dovecot-imapd
  tzdata curl jq ca-certificates
)
# Only for `check`: sanitizer run times, readable stacks, format and lint.
check_packages=(clang-format-19 clang-tidy-19 libclang-rt-19-dev llvm-19)

# Only for `bench`: what it compares with.
bench_packages=(postgresql libpq-dev redis-tools libhiredis-dev)

phonenumber_dir=$root/.cache/libphonenumber

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "installing packages needs root: run \`deploy/dev setup\` as root, or install sudo"
  fi
}

# Those of the names given that are not installed, one a line; asks dpkg alone, so it is quick.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' "$@" 2>/dev/null |
    sed -n 's/^installed \([^:]*\).*/\1/p') || true
  printf '%s\n' "$@" | grep -vxF "$installed" || true
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -q || return 1
  # --no-remove: a package that stands in the way is the user's to remove.
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends --no-remove "$@"
}

require_packages() {
  local missing
  command -v dpkg-query >/dev/null || die "this is not Debian: install by hand what" \
    "deploy/dev.d/packages.sh lists, Debian 12 is what Dealog is built on"
  mapfile -t missing < <(missing_packages "$@")
  if [ ${#missing[@]} = 0 ]; then return 0; fi
  if ! grep -q 'VERSION_CODENAME=bookworm' /etc/os-release; then
    say "This is not Debian 12 (bookworm); its packages may differ."
  fi
  if dpkg-query -W -f '${db:Status-Status}\n' libboost1.74-dev 2>/dev/null | grep -qx installed; then
    die "libboost1.74-dev is installed and cannot stand beside 1.81, which Dealog needs:" \
      "remove it (apt-get remove libboost1.74-dev) and start again"
  fi
  say "Packages to install: ${missing[*]}"
  if [ "$(id -u)" != 0 ] && command -v sudo >/dev/null; then sudo -v; fi
  step "Installing ${#missing[@]} packages" setup install_packages "${missing[@]}" ||
    die "the packages could not be installed"
}

# libphonenumber's -dev package needs Boost 1.74 and cannot be installed beside 1.81, so its
# headers are unpacked into a folder of our own.
# The package is kept outside the checkout, so that the next clone needs no network.
unpack_phonenumber() {
  local kept=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/dealog new=$phonenumber_dir.new version options=()
  version=$(dpkg-query -W -f '${Version}' libphonenumber8) || return 1
  mkdir -p "$kept" || return 1
  if ! ls "$kept/libphonenumber-dev_${version/:/%3a}"_*.deb 2>/dev/null; then
    # As root apt would fetch as the user _apt, who cannot write here, and warn about it.
    if [ "$(id -u)" = 0 ]; then options=(-o APT::Sandbox::User=root); fi
    (
      cd "$kept" || exit 1
      apt-get "${options[@]}" download -q "libphonenumber-dev=$version" || {
        as_root apt-get update -q &&
          apt-get "${options[@]}" download -q "libphonenumber-dev=$version"
      }
    ) || return 1
  fi
  rm -rf "$new"
  mkdir -p "$new" && dpkg -x "$kept/libphonenumber-dev_${version/:/%3a}"_*.deb "$new" &&
    rm -rf "$phonenumber_dir" && mv "$new" "$phonenumber_dir"
}

require_phonenumber() {
  if [ -e "$phonenumber_dir/usr/include/phonenumbers/phonenumberutil.h" ]; then return 0; fi
  step "Unpacking the headers of libphonenumber" phonenumber unpack_phonenumber ||
    die "libphonenumber-dev could not be fetched"
}

# Tests start a Dovecot of their own; the system's is not to run because its package came along.
keep_dovecot_asleep() {
  if [ -n "$(missing_packages dovecot-core)" ] && [ -d /run/systemd/system ]; then
    as_root systemctl mask dovecot.service dovecot.socket >/dev/null 2>&1 || true
  fi
}

setup_for_build() {
  keep_dovecot_asleep
  require_packages "${build_packages[@]}"
  require_phonenumber
}

# What Dealog is measured beside. PostgreSQL comes without a cluster of its own, Redis without its
# service: the benchmark starts servers in its own folder and stops them.
setup_for_bench() {
  local conf=/etc/postgresql-common/createcluster.conf missing
  mapfile -t missing < <(missing_packages "${bench_packages[@]}")
  if [ ${#missing[@]} = 0 ]; then return 0; fi
  if [[ " ${missing[*]} " == *" postgresql "* ]] && [ ! -e "$conf" ]; then
    as_root mkdir -p "$(dirname "$conf")"
    echo 'create_main_cluster = false' | as_root tee "$conf" >/dev/null
  fi
  require_packages "${missing[@]}"
  if [ -e build/release/build.ninja ]; then
    step "Configuring release" configure-release cmake --preset release ||
      die "CMake could not configure the preset release"
  fi
}

setup_for_check() {
  keep_dovecot_asleep
  require_packages "${build_packages[@]}" "${check_packages[@]}"
  require_phonenumber
}

command_setup() {
  setup_for_check
  say "Everything is installed. Next: deploy/dev run, or deploy/dev test"
}
