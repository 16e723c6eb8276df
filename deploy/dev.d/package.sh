# `deploy/dev package`: the Debian package, in build/release/package.

command_package() {
  setup_for_build
  require_packages dpkg-dev file
  build release dealog
  step "Packing" package cpack --config build/release/CPackConfig.cmake ||
    die "the package could not be made"
  ls "$root"/build/release/package/dealog_*.deb
}
