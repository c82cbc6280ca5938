# CPU families: each is one file of lib/kernel/ compiled with its own flags, and a
# definition that tells the other kernel files it is there. A family whose file,
# target or flags are missing is left out.

include(CheckCSourceCompiles)
include(CMakePushCheckState)

# NAME of the file and of CO_HAVE_NAME; the macro its target defines; its flags.
function(cohort_cpu name target_macro)
    set(file "${PROJECT_SOURCE_DIR}/lib/kernel/${name}.c")
    if(NOT EXISTS "${file}")
        return()
    endif()
    string(TOUPPER "${name}" upper)
    string(JOIN " " flags ${ARGN})

    cmake_push_check_state(RESET)
    set(CMAKE_REQUIRED_FLAGS "${flags}")
    check_c_source_compiles("
        #ifndef ${target_macro}
        #error another target
        #endif
        int main(void) { return 0; }" COHORT_COMPILES_${upper})
    cmake_pop_check_state()

    if(COHORT_COMPILES_${upper})
        set_property(SOURCE "${file}" APPEND PROPERTY COMPILE_OPTIONS ${ARGN})
        set_property(SOURCE ${COHORT_SOURCES_kernel} APPEND PROPERTY
            COMPILE_DEFINITIONS CO_HAVE_${upper})
    else()
        set_property(SOURCE "${file}" PROPERTY HEADER_FILE_ONLY ON)
    endif()
endfunction()

# These files are vectors where vectors help; a compiler that looks for more of them
# finds gathers, which are slower than the loops.
cohort_cpu(avx2   __x86_64__  -fno-tree-vectorize -mavx2 -mbmi -mbmi2 -mlzcnt -mpopcnt)
cohort_cpu(avx512 __x86_64__  -fno-tree-vectorize -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vpopcntdq
                              -mavx512vbmi -mavx512vbmi2 -mbmi -mbmi2 -mlzcnt -mpopcnt)
cohort_cpu(neon   __AARCH64EL__)
