# The library: the rooms of lib/, lowest floor first, as one object library, and
# the shared and static libraries made of it.

set(COHORT_ROOMS base kernel bitmap column expr store plan eval io api)
if(COHORT_ONLY)
    # The rooms below are all that they know.
    set(lower "")
    foreach(room IN LISTS COHORT_ROOMS)
        list(APPEND lower ${room})
        if(room IN_LIST COHORT_ONLY)
            set(needed ${lower})
        endif()
    endforeach()
    set(COHORT_ROOMS ${needed})
endif()

set(COHORT_SOURCES "")
foreach(room IN LISTS COHORT_ROOMS)
    file(GLOB COHORT_SOURCES_${room} CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/lib/${room}/*.c")
    list(APPEND COHORT_SOURCES ${COHORT_SOURCES_${room}})
    if(NOT room IN_LIST COHORT_UNINITIALISED_ROOMS AND COHORT_SOURCES_${room})
        set_property(SOURCE ${COHORT_SOURCES_${room}} APPEND PROPERTY
            COMPILE_OPTIONS "$<$<CONFIG:Release,RelWithDebInfo>:${COHORT_HARDENING_STORES}>")
    endif()
endforeach()
file(GLOB COHORT_HEADERS CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/cohort/*.h")

include(cmake/cpus.cmake)

add_library(cohort_objects OBJECT ${COHORT_SOURCES})
cohort_flags(cohort_objects)
set_target_properties(cohort_objects PROPERTIES
    POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
target_include_directories(cohort_objects
    PUBLIC "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/lib")
target_include_directories(cohort_objects SYSTEM PRIVATE "${COHORT_XXHASH_INCLUDE_DIR}")
target_compile_definitions(cohort_objects
    PUBLIC ${COHORT_NEEDS_DEFINITIONS} PRIVATE COHORT_BUILDING)
target_link_libraries(cohort_objects PUBLIC ${COHORT_NEEDS})
cohort_accepted_flags(COHORT_SEMANTICS -fno-semantic-interposition)
target_compile_options(cohort_objects PRIVATE ${COHORT_SEMANTICS})

if(COHORT_ONLY)
    return()
endif()

# What both libraries tell those who link them.
function(cohort_face target)
    cohort_flags(${target})
    target_include_directories(${target} INTERFACE
        "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
        "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
    target_link_libraries(${target} PRIVATE ${COHORT_NEEDS})
    set_target_properties(${target} PROPERTIES OUTPUT_NAME cohort LINKER_LANGUAGE C)
endfunction()

include(GNUInstallDirs)

add_library(cohort_shared SHARED $<TARGET_OBJECTS:cohort_objects>)
cohort_face(cohort_shared)
target_compile_definitions(cohort_shared INTERFACE COHORT_SHARED)
# Until 1.0 every minor version is an interface of its own.
set_target_properties(cohort_shared PROPERTIES
    EXPORT_NAME shared
    VERSION ${PROJECT_VERSION}
    SOVERSION "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
if(UNIX AND NOT APPLE)
    target_link_options(cohort_shared PRIVATE
        "-Wl,--version-script=${PROJECT_SOURCE_DIR}/lib/cohort.map")
    set_property(TARGET cohort_shared APPEND PROPERTY
        LINK_DEPENDS "${PROJECT_SOURCE_DIR}/lib/cohort.map")
    # A sanitizer's own functions come with the program, not with the library.
    if(NOT COHORT_SANITIZE)
        target_link_options(cohort_shared PRIVATE -Wl,-z,defs)
    endif()
endif()

add_library(cohort_static STATIC $<TARGET_OBJECTS:cohort_objects>)
cohort_face(cohort_static)
set_target_properties(cohort_static PROPERTIES EXPORT_NAME static)

add_library(cohort::shared ALIAS cohort_shared)
add_library(cohort::static ALIAS cohort_static)
if(DEFINED BUILD_SHARED_LIBS AND NOT BUILD_SHARED_LIBS)
    add_library(cohort::cohort ALIAS cohort_static)
else()
    add_library(cohort::cohort ALIAS cohort_shared)
endif()
