# The version has one home, the macros of include/cohort/base.h.

function(cohort_read_version out header)
    file(STRINGS "${header}" lines REGEX "^#define COHORT_VERSION_(MAJOR|MINOR|PATCH) [0-9]+$")
    string(REGEX REPLACE "#define COHORT_VERSION_[A-Z]+ " "" numbers "${lines}")
    list(LENGTH numbers n)
    if(NOT n EQUAL 3)
        message(FATAL_ERROR "${header} does not define the three COHORT_VERSION_ numbers")
    endif()
    string(REPLACE ";" "." version "${numbers}")
    set(${out} "${version}" PARENT_SCOPE)
endfunction()
