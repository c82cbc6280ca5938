# What the toolchain files share: Debian's cross compiler, libraries from a folder
# that cmake/sysroot.sh filled (COHORT_SYSROOT), and qemu-user to run programs.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${COHORT_TRIPLET}-gcc)

set(COHORT_SYSROOT "" CACHE PATH "Folder that cmake/sysroot.sh filled")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES COHORT_SYSROOT)

set(CMAKE_FIND_ROOT_PATH "${COHORT_SYSROOT}" "/usr/${COHORT_TRIPLET}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_LIBRARY_ARCHITECTURE ${COHORT_TRIPLET})
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${COHORT_SYSROOT}")
set(ENV{PKG_CONFIG_LIBDIR} "${COHORT_SYSROOT}/usr/lib/${COHORT_TRIPLET}/pkgconfig")

# The rooms whose code depends on the machine; emulation is slow.
set(COHORT_ONLY "kernel;bitmap;column" CACHE STRING "Rooms whose suites are all that is built")

find_program(COHORT_QEMU NAMES qemu-${CMAKE_SYSTEM_PROCESSOR}-static qemu-${CMAKE_SYSTEM_PROCESSOR})
mark_as_advanced(COHORT_QEMU)
set(CMAKE_CROSSCOMPILING_EMULATOR "${COHORT_QEMU};-L;/usr/${COHORT_TRIPLET}")
