# Builds for IBM's z, whose numbers are big-endian, and runs what was built by qemu-user.

set(COHORT_TRIPLET s390x-linux-gnu)
set(CMAKE_SYSTEM_PROCESSOR s390x)
include("${CMAKE_CURRENT_LIST_DIR}/cross.cmake")
