# Every switch of the build. What a subproject does not want is on at top level only.

option(COHORT_INSTALL  "Install the library, its headers and its packages" ${PROJECT_IS_TOP_LEVEL})
option(COHORT_TESTS    "Build the test suites" ${PROJECT_IS_TOP_LEVEL})
option(COHORT_COMMAND  "Build the cohort command" ${PROJECT_IS_TOP_LEVEL})
option(COHORT_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(COHORT_BENCH    "Build the measurements of tests/bench" OFF)
option(COHORT_FUZZ     "Build libFuzzer targets (needs clang)" OFF)
option(COHORT_HARDEN   "Harden Release and RelWithDebInfo builds" ON)
option(COHORT_WERROR   "Let warnings fail the build" OFF)
option(COHORT_COVERAGE "Count executed lines and branches" OFF)
set(COHORT_ONLY "" CACHE STRING
    "Rooms whose suites are all that is built, 'kernel;bitmap'; empty: everything")
set(COHORT_SANITIZE "" CACHE STRING "Sanitizers for all code: 'address,undefined' or 'thread'")

if(COHORT_FUZZ AND NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "COHORT_FUZZ needs clang; this is ${CMAKE_C_COMPILER_ID}")
endif()
if(COHORT_FUZZ AND NOT COHORT_SANITIZE)
    message(FATAL_ERROR "COHORT_FUZZ needs COHORT_SANITIZE, such as 'address,undefined'")
endif()

get_property(COHORT_MULTI_CONFIG GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(PROJECT_IS_TOP_LEVEL AND NOT COHORT_MULTI_CONFIG AND NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()
