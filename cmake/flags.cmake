# How our code is compiled: standard, warnings, sanitizers, hardening. All of it
# stays with our own targets; nothing reaches who links us.

include(CheckCCompilerFlag)

# Appends to `out` those of the flags that the C compiler takes.
function(cohort_accepted_flags out)
    set(accepted ${${out}})
    foreach(flag IN LISTS ARGN)
        string(MAKE_C_IDENTIFIER "COHORT_TAKES${flag}" known)
        check_c_compiler_flag(${flag} ${known})
        if(${known})
            list(APPEND accepted ${flag})
        endif()
    endforeach()
    set(${out} ${accepted} PARENT_SCOPE)
endfunction()

set(COHORT_WARNINGS "")
cohort_accepted_flags(COHORT_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wvla)
if(COHORT_WERROR)
    cohort_accepted_flags(COHORT_WARNINGS -Werror)
endif()

# COHORT_HARDENING is for all code, COHORT_HARDENING_STORES for all but the rooms
# whose large scratch arrays would be filled with zeros at every call.
set(COHORT_HARDENING "")
set(COHORT_HARDENING_STORES "")
if(COHORT_HARDEN AND NOT COHORT_SANITIZE)
    cohort_accepted_flags(COHORT_HARDENING
        -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
        -fzero-call-used-regs=used-gpr -fno-delete-null-pointer-checks)
    cohort_accepted_flags(COHORT_HARDENING_STORES -ftrivial-auto-var-init=zero)
    list(APPEND COHORT_HARDENING -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
set(COHORT_UNINITIALISED_ROOMS kernel bitmap eval)

set(COHORT_LINK_FLAGS "")
if(UNIX AND NOT APPLE)
    set(COHORT_LINK_FLAGS -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

set(COHORT_SANITIZER_FLAGS "")
if(COHORT_SANITIZE)
    set(COHORT_SANITIZER_FLAGS
        -fsanitize=${COHORT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
endif()

# Everything one of our targets is compiled and linked with.
function(cohort_flags target)
    set_target_properties(${target} PROPERTIES
        C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
        CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
    target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L _FILE_OFFSET_BITS=64)
    target_compile_options(${target} PRIVATE ${COHORT_WARNINGS} ${COHORT_SANITIZER_FLAGS}
        "$<$<CONFIG:Release,RelWithDebInfo>:${COHORT_HARDENING}>")
    target_link_options(${target} PRIVATE ${COHORT_SANITIZER_FLAGS} ${COHORT_LINK_FLAGS})
    if(COHORT_COVERAGE)
        target_compile_options(${target} PRIVATE --coverage)
        target_link_options(${target} PRIVATE --coverage)
    endif()
    if(COHORT_FUZZ)
        target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
endfunction()
