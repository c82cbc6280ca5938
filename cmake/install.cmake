# What is installed, in three components: runtime (the shared library), dev
# (headers, static library, CMake package, pkg-config file, manual of
# functions) and cli (the command and its manual). All of it may be moved after installation.

include(CMakePackageConfigHelpers)

set(packages "${CMAKE_INSTALL_LIBDIR}/cmake/cohort")

install(TARGETS cohort_shared EXPORT cohort-shared
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime NAMELINK_COMPONENT dev
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runtime
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT dev)
install(TARGETS cohort_static EXPORT cohort-static
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT dev)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    COMPONENT dev FILES_MATCHING PATTERN "*.h")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
    COMPONENT runtime)

# The CMake package. Below 1.0 a minor version may differ in its interface.
if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(compatibility SameMinorVersion)
else()
    set(compatibility SameMajorVersion)
endif()
configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/cohort-config.cmake.in" "${PROJECT_BINARY_DIR}/cohort-config.cmake"
    INSTALL_DESTINATION "${packages}" NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(
    "${PROJECT_BINARY_DIR}/cohort-config-version.cmake" COMPATIBILITY ${compatibility})
install(FILES "${PROJECT_BINARY_DIR}/cohort-config.cmake"
              "${PROJECT_BINARY_DIR}/cohort-config-version.cmake"
    DESTINATION "${packages}" COMPONENT dev)
foreach(kind IN ITEMS shared static)
    install(EXPORT cohort-${kind} FILE cohort-${kind}.cmake NAMESPACE cohort::
        DESTINATION "${packages}" COMPONENT dev)
endforeach()

# The pkg-config file finds the prefix from where it lies, so its depth counts.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(COHORT_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
    set(COHORT_PC_LIBDIR "${CMAKE_INSTALL_FULL_LIBDIR}")
    set(COHORT_PC_INCLUDEDIR "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
else()
    file(RELATIVE_PATH up "/x/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/x")
    string(REGEX REPLACE "/$" "" up "${up}")
    set(COHORT_PC_PREFIX "\${pcfiledir}/${up}")
    set(COHORT_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
    set(COHORT_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
list(JOIN COHORT_NEEDS_PKGCONFIG ", " COHORT_PC_REQUIRES)
configure_file("${PROJECT_SOURCE_DIR}/cmake/cohort.pc.in" "${PROJECT_BINARY_DIR}/cohort.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/cohort.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT dev)

file(GLOB pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bindings/cli/*.3")
install(FILES ${pages} DESTINATION "${CMAKE_INSTALL_MANDIR}/man3" COMPONENT dev)

if(TARGET cohort_command)
    if(UNIX AND NOT APPLE AND NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
        file(RELATIVE_PATH libraries "/x/${CMAKE_INSTALL_BINDIR}" "/x/${CMAKE_INSTALL_LIBDIR}")
        set_target_properties(cohort_command PROPERTIES INSTALL_RPATH "\$ORIGIN/${libraries}")
    endif()
    install(TARGETS cohort_command RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT cli)
    foreach(section IN ITEMS 1 7)
        file(GLOB pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bindings/cli/*.${section}")
        install(FILES ${pages} DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}" COMPONENT cli)
    endforeach()
endif()
