# Every third-party package, found once; all of them are Debian 12 packages.
find_package(Threads REQUIRED)
set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json url system)
find_package(Protobuf REQUIRED)
find_package(RocksDB REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(date REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
find_package(zstd REQUIRED)
find_package(EXPAT REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GMIME REQUIRED gmime-3.0)
# Not its imported target: that says -pthread, which the precompiled headers were made without.
add_library(dealog_gmime INTERFACE)
target_include_directories(dealog_gmime SYSTEM INTERFACE ${GMIME_INCLUDE_DIRS})
target_link_libraries(dealog_gmime INTERFACE ${GMIME_LINK_LIBRARIES})
# Documents: PDF, the codes on them, calendars. Targets of our own for the same reason.
function(dealog_pkg_library name)
  pkg_check_modules(${name} REQUIRED ${ARGN})
  add_library(dealog_${name} INTERFACE)
  target_include_directories(dealog_${name} SYSTEM INTERFACE ${${name}_INCLUDE_DIRS})
  target_link_libraries(dealog_${name} INTERFACE ${${name}_LINK_LIBRARIES})
endfunction()
dealog_pkg_library(pango pangocairo pangoft2 cairo-pdf fontconfig)
dealog_pkg_library(qrencode libqrencode)
dealog_pkg_library(ical libical)
# The allocator of the programs that serve: memory is taken on one thread and freed on another all
# the time. A sanitizer brings its own.
find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)
mark_as_advanced(JEMALLOC_LIBRARY)
if(NOT DEALOG_SANITIZE)
  set(DEALOG_ALLOCATOR ${JEMALLOC_LIBRARY})
endif()
if(DEALOG_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
  find_package(benchmark REQUIRED)
endif()

# libphonenumber's -dev package needs Boost 1.74 and cannot be installed beside
# 1.81; `deploy/dev setup` unpacks its headers here. See deploy/README.md.
set(DEALOG_PHONENUMBER_DIR ${CMAKE_SOURCE_DIR}/.cache/libphonenumber CACHE PATH
    "Folder with the unpacked libphonenumber-dev package")
if(NOT EXISTS ${DEALOG_PHONENUMBER_DIR}/usr/include/phonenumbers/phonenumberutil.h)
  message(FATAL_ERROR "libphonenumber headers are missing in ${DEALOG_PHONENUMBER_DIR}; "
                      "run `deploy/dev setup` once.")
endif()
add_library(dealog_phonenumber INTERFACE)
target_include_directories(dealog_phonenumber SYSTEM INTERFACE
  ${DEALOG_PHONENUMBER_DIR}/usr/include)
target_compile_definitions(dealog_phonenumber INTERFACE I18N_PHONENUMBERS_USE_BOOST)
target_link_libraries(dealog_phonenumber INTERFACE -l:libphonenumber.so.8)
