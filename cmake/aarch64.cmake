# Builds for 64-bit ARM and runs what was built by qemu-user.

set(COHORT_TRIPLET aarch64-linux-gnu)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
include("${CMAKE_CURRENT_LIST_DIR}/cross.cmake")
