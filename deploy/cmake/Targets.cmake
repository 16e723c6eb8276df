# dealog_library(name SOURCES … DEPS … [PRIVATE_DEPS …] [PRECOMPILE header]): one static library a
# folder; PRECOMPILE names a header that nearly all of its files begin with.
# dealog_test(name SOURCES … DEPS … [LABELS …] [TIMEOUT s]): one test program a folder.
# dealog_fuzzer(name SOURCES … DEPS …): a libFuzzer target with its corpus folder.

# One precompiled header of the standard library and the two heavy third-party headers that most
# files read; it halves the time of a full build. Tests have one of their own, with gtest and gmock,
# because they are compiled without optimisation, which halves their time again: what they test is
# optimised.
file(WRITE ${CMAKE_BINARY_DIR}/pch.cpp "")
function(dealog_precompiled target header)
  add_library(${target} OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
  target_link_libraries(${target} PRIVATE dealog_flags fmt::fmt protobuf::libprotobuf Boost::json)
  target_include_directories(${target} SYSTEM PRIVATE ${CMAKE_SOURCE_DIR}/deploy/cmake)
  target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/deploy/cmake/${header})
endfunction()
dealog_precompiled(dealog_pch pch.hpp)
if(DEALOG_TESTS)
  dealog_precompiled(dealog_test_pch test_pch.hpp)
  target_link_libraries(dealog_test_pch PRIVATE GTest::gtest GTest::gmock)
  target_compile_options(dealog_test_pch PRIVATE -O0)
endif()

function(dealog_common target)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE dealog_flags)
endfunction()

function(dealog_library name)
  cmake_parse_arguments(ARG "" "PRECOMPILE" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} fmt::fmt protobuf::libprotobuf Boost::json
                                PRIVATE ${ARG_PRIVATE_DEPS})
  dealog_common(${name})
  if(ARG_PRECOMPILE)
    target_include_directories(${name} SYSTEM PRIVATE ${CMAKE_SOURCE_DIR}/deploy/cmake)
    target_precompile_headers(${name} PRIVATE ${CMAKE_SOURCE_DIR}/deploy/cmake/pch.hpp
                                              ${CMAKE_SOURCE_DIR}/${ARG_PRECOMPILE})
  else()
    target_precompile_headers(${name} REUSE_FROM dealog_pch)
  endif()
endfunction()

function(dealog_executable name)
  cmake_parse_arguments(ARG "" "PCH" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_PCH)
    set(ARG_PCH dealog_pch)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} fmt::fmt protobuf::libprotobuf Boost::json)
  dealog_common(${name})
  target_precompile_headers(${name} REUSE_FROM ${ARG_PCH})
endfunction()

# What every test program finds in its environment. Results are written as JSON, from which
# `deploy/dev test` counts the cases; a sanitizer makes a program about four times slower.
set(DEALOG_TEST_ENVIRONMENT
    DEALOG_SOURCE_DIR=${CMAKE_SOURCE_DIR}
    DEALOG_BINARY=${CMAKE_BINARY_DIR}/services/dealog/dealog
    DEALOG_CLOCK_LIBRARY=${CMAKE_BINARY_DIR}/tests/support/libmoved_clock.so)
set(DEALOG_TEST_SLOWDOWN 1)
if(DEALOG_SANITIZE)
  set(DEALOG_TEST_SLOWDOWN 4)
  set(suppressions ${CMAKE_SOURCE_DIR}/deploy/sanitizers)
  list(APPEND DEALOG_TEST_ENVIRONMENT
       UBSAN_OPTIONS=print_stacktrace=1
       LSAN_OPTIONS=suppressions=${suppressions}/lsan.supp:print_suppressions=0
       TSAN_OPTIONS=suppressions=${suppressions}/tsan.supp:halt_on_error=1)
endif()

# All test programs, all fuzzers: what `deploy/dev check` builds without the rest.
add_custom_target(tests_all)
add_custom_target(fuzzers_all)

function(dealog_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  math(EXPR timeout_s "${ARG_TIMEOUT} * ${DEALOG_TEST_SLOWDOWN}")
  dealog_executable(${name} PCH dealog_test_pch SOURCES ${ARG_SOURCES} DEPS ${ARG_DEPS}
                    GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE -O0)
  add_dependencies(tests_all ${name})
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout_s} LABELS "${ARG_LABELS}"
    ENVIRONMENT "${DEALOG_TEST_ENVIRONMENT};GTEST_OUTPUT=json:${CMAKE_BINARY_DIR}/test-results/${name}.json")
endfunction()

function(dealog_fuzzer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(DEALOG_FUZZ)
    dealog_executable(${name} SOURCES ${ARG_SOURCES} DEPS ${ARG_DEPS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers_all ${name})
  endif()
endfunction()
