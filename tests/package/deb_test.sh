#!/usr/bin/env bash
# The Debian package: made, looked into, and, where a throw-away copy of this system can be mounted
# (root), installed, started, upgraded, removed and purged there. Data must outlive all of it.
#   deb_test.sh BUILD-FOLDER
set -euo pipefail

build=$1
work=$(mktemp -d)
server=
cleanup() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  umount "$work/root/proc" "$work/root" "$work/layers" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# contains TEXT WORDS WHAT
contains() { grep -qF -- "$2" <<<"$1" || fail "$3: no '$2' in"$'\n'"$1"; }

# Private mounts, so that nothing is left on the machine however this ends.
if [ "${DEB_TEST_PRIVATE:-}" != yes ] && [ "$(id -u)" = 0 ]; then
  rm -rf "$work"
  if unshare --mount true 2>/dev/null; then
    DEB_TEST_PRIVATE=yes exec unshare --mount --propagation private bash "$0" "$@"
  fi
  work=$(mktemp -d)
fi

look_into() {
  local files fields scripts
  files=$(dpkg-deb -c "$1")
  for path in ./usr/bin/dealog ./etc/dealog/dealog.toml ./etc/dealog/regulation.yaml \
    ./lib/systemd/system/dealog.service ./usr/share/dealog/regulations/web-studio.yaml \
    ./usr/share/doc/dealog/copyright; do
    contains "$files" "$path" "files of the package"
  done
  if grep -vE '^[d-]\S+ root/root' <<<"$files"; then fail "files that are not root's"; fi
  if grep -q '/var/lib' <<<"$files"; then fail "the data folder is no file of the package"; fi
  fields=$(dpkg-deb -f "$1")
  contains "$fields" "Package: dealog" "fields"
  contains "$fields" "libprotobuf32" "what it depends on"
  contains "$fields" "adduser" "what it depends on"
  scripts=$(dpkg-deb --ctrl-tarfile "$1" | tar t)
  for name in conffiles postinst prerm postrm; do
    contains "$scripts" "$name" "control files"
  done
  dpkg-deb -x "$1" "$work/unpacked"
  "$work/unpacked/usr/bin/dealog" --version | grep -q '^dealog ' || fail "it does not run"
  "$work/unpacked/usr/bin/dealog" check "$work/unpacked/etc/dealog/regulation.yaml" >/dev/null ||
    fail "the regulation of the package is not sound"
}

look_at_unit() {
  local unit=$work/unpacked/lib/systemd/system/dealog.service
  if ! command -v systemd-analyze >/dev/null; then
    echo "systemd-analyze is not here: the unit is not analysed"
    return
  fi
  # The lower the safer; 2.0 is where systemd says OK, with a smile.
  systemd-analyze security --offline=yes --threshold=20 --no-pager "$unit" >"$work/security" 2>&1 ||
    fail "the unit is exposed: $(tail -n 3 "$work/security")"
  tail -n 1 "$work/security"
}

exec_in_root() { exec chroot "$work/root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"; }
in_root() { (exec_in_root "$@"); }

mount_copy() {
  mkdir -p "$work/layers" "$work/root"
  mount -t tmpfs none "$work/layers" 2>/dev/null || return 1
  mkdir "$work/layers/upper" "$work/layers/work"
  mount -t overlay none -o "lowerdir=/,upperdir=$work/layers/upper,workdir=$work/layers/work" \
    "$work/root" 2>/dev/null || return 1
  mount -t proc none "$work/root/proc" 2>/dev/null || return 1
  rm -rf "$work/root/run/systemd" "$work/root/var/lib/dealog" "$work/root/etc/dealog"
}

# As the unit starts it, without systemd: the user, the umask and the arguments.
serve() {
  : >"$work/out"
  exec_in_root setpriv --reuid=dealog --regid=dealog --clear-groups sh -c 'umask 0077
    exec /usr/bin/dealog serve --data /var/lib/dealog --config /etc/dealog/dealog.toml \
      --regulation /etc/dealog/regulation.yaml --listen 127.0.0.1:0' >"$work/out" 2>"$work/err" &
  server=$!
  for _ in $(seq 100); do
    if grep -q '^listening on ' "$work/out"; then return; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  fail "it does not start: $(cat "$work/out" "$work/err")"
}
stop() {
  local status=0
  kill -TERM "$server"
  wait "$server" || status=$?
  server=
  if [ $status != 0 ]; then fail "it stopped with $status: $(cat "$work/err")"; fi
}
position() {
  local url token
  url=$(sed -n 's/^listening on //p' "$work/out" | head -n 1)
  token=$(cat "$work/root/var/lib/dealog/owner-token")
  curl -fsS -H "Authorization: Bearer $token" "$url/readyz" | jq -e .position
}

# newer PACKAGE: the same package under a higher version.
newer() {
  dpkg-deb -R "$1" "$work/newer"
  sed -i 's/^Version: .*/Version: 99.0/' "$work/newer/DEBIAN/control"
  echo '# a default that the new version changes' >>"$work/newer/etc/dealog/dealog.toml"
  dpkg-deb -Zgzip -b "$work/newer" "$work/root/newer.deb" >/dev/null
}

live_through() {
  local said before after
  cp "$1" "$work/root/dealog.deb"
  said=$(in_root dpkg -i /dealog.deb 2>&1) || fail "it does not install: $said"
  contains "$said" "systemctl enable --now dealog" "a first install says what to do"
  in_root getent passwd dealog | grep -q ':/var/lib/dealog:/usr/sbin/nologin$' ||
    fail "the user: $(in_root getent passwd dealog)"
  [ "$(in_root stat -c '%U %G %a' /var/lib/dealog)" = "dealog dealog 700" ] || fail "data folder"
  if command -v systemd-analyze >/dev/null; then
    said=$(in_root systemd-analyze verify dealog.service 2>&1 | grep -F dealog) || true
    [ -z "$said" ] || fail "systemd-analyze verify: $said"
  fi
  serve
  before=$(position)
  [ "$before" -gt 0 ] || fail "the regulation was not published"
  stop
  echo '# mine' >>"$work/root/etc/dealog/dealog.toml"

  newer "$1"
  said=$(in_root dpkg --force-confold -i /newer.deb 2>&1) || fail "it does not upgrade: $said"
  grep -qx '# mine' "$work/root/etc/dealog/dealog.toml" || fail "settings were not kept"
  serve
  after=$(position)
  [ "$after" -ge "$before" ] || fail "position $after after the upgrade, $before before"
  stop

  in_root dpkg -r dealog >/dev/null 2>&1 || fail "it cannot be removed"
  [ ! -e "$work/root/usr/bin/dealog" ] || fail "removed and still there"
  [ -e "$work/root/etc/dealog/dealog.toml" ] || fail "removing took the settings"
  said=$(in_root dpkg -P dealog 2>&1) || fail "it cannot be purged: $said"
  contains "$said" "The data stay in /var/lib/dealog" "purging"
  [ -e "$work/root/var/lib/dealog/log/CURRENT" ] || fail "purging took the data"
}

cpack --config "$build/CPackConfig.cmake" -B "$work/made" \
  -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip >"$work/cpack" 2>&1 || fail "$(tail -n 5 "$work/cpack")"
package=$(ls "$work"/made/dealog_*.deb)
look_into "$package"
look_at_unit
if [ "${DEB_TEST_PRIVATE:-}" = yes ] && mount_copy; then
  live_through "$package"
  echo "installed, upgraded, removed and purged in a copy of this system"
else
  echo "not installed: no root, or no overlay to install it into"
fi
