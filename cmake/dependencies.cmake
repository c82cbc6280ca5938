# Other people's libraries. zlib, threads and the xxHash header are needed; the
# rest is used when found. Nothing is downloaded.
#
# Leaves in COHORT_NEEDS the targets to link, in COHORT_NEEDS_DEFINITIONS what
# the code is told about them, in COHORT_NEEDS_PKGCONFIG their pkg-config names,
# and in COHORT_CONFIG_NEEDS how the installed CMake package finds the optional ones.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(ZLIB 1.2.11 REQUIRED)
find_package(PkgConfig QUIET)

find_path(COHORT_XXHASH_INCLUDE_DIR xxhash.h DOC "Where xxhash.h is (libxxhash-dev)")
if(NOT COHORT_XXHASH_INCLUDE_DIR)
    message(FATAL_ERROR "xxhash.h not found; install libxxhash-dev or set COHORT_XXHASH_INCLUDE_DIR")
endif()

set(COHORT_NEEDS Threads::Threads ZLIB::ZLIB)
set(COHORT_NEEDS_DEFINITIONS "")
set(COHORT_NEEDS_PKGCONFIG zlib)
set(COHORT_CONFIG_NEEDS "")

# The mathematical functions are a library of their own on most systems.
find_library(COHORT_LIBM m)
mark_as_advanced(COHORT_LIBM)
if(COHORT_LIBM)
    list(APPEND COHORT_NEEDS m)
endif()

# An optional part: its option, its pkg-config module, and what it is good for.
macro(cohort_optional part module purpose)
    if(PKG_CONFIG_FOUND)
        pkg_check_modules(COHORT_${part} QUIET IMPORTED_TARGET ${module})
    endif()
    if(COHORT_${part}_FOUND)
        option(COHORT_WITH_${part} "${purpose}, by ${module}" ON)
    else()
        option(COHORT_WITH_${part} "${purpose}, by ${module}" OFF)
    endif()
    if(COHORT_WITH_${part})
        if(NOT COHORT_${part}_FOUND)
            message(FATAL_ERROR "COHORT_WITH_${part} is on, but pkg-config does not find ${module}")
        endif()
        list(APPEND COHORT_NEEDS PkgConfig::COHORT_${part})
        list(APPEND COHORT_NEEDS_DEFINITIONS CO_WITH_${part})
        list(APPEND COHORT_NEEDS_PKGCONFIG ${module})
        string(APPEND COHORT_CONFIG_NEEDS
            "        cohort_find_module(${part} ${module})\n")
    endif()
endmacro()

cohort_optional(JSON    jansson     "Segments as JSON")
cohort_optional(REGEX   libpcre2-8  "MATCHES")
cohort_optional(UNICODE libutf8proc "Case folding beyond ASCII")
