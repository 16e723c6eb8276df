# Compiler flags and switches that hold for every target of the tree.
option(DEALOG_TESTS "Build the tests" ON)
set(DEALOG_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize= (address,undefined or thread)")
option(DEALOG_FUZZ "Build the libFuzzer targets (implies address,undefined)" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g")

add_library(dealog_flags INTERFACE)
target_compile_options(dealog_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror -Wunused-result
  -Wno-gnu-statement-expression-from-macro-expansion -Wno-gnu-statement-expression
  -Wno-missing-designated-field-initializers
  -fno-omit-frame-pointer)
# The precompiled header must hash the same on every machine for ccache to hit.
add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
add_link_options(-fuse-ld=lld)

if(DEALOG_FUZZ)
  set(DEALOG_SANITIZE "address,undefined")
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(DEALOG_SANITIZE)
  add_compile_options(-fsanitize=${DEALOG_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DEALOG_SANITIZE})
  set(CMAKE_CXX_FLAGS_RELEASE "-O1 -g1")
  # RocksDB and protobuf come from packages and are not instrumented: their
  # containers would be reported as overflowing when ours read them.
  add_compile_definitions(DEALOG_SANITIZED=1)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()
