# Finds c-ares as CAres::CAres. It installs a package file only where it was built with CMake, which Debian's is not.
find_package(c-ares CONFIG QUIET)
if(TARGET c-ares::cares)
  set(CAres_FOUND TRUE)
  if(NOT TARGET CAres::CAres)
    add_library(CAres::CAres INTERFACE IMPORTED)
    set_target_properties(CAres::CAres PROPERTIES INTERFACE_LINK_LIBRARIES c-ares::cares)
  endif()
  return()
endif()

find_path(CAres_INCLUDE_DIR ares.h)
find_library(CAres_LIBRARY cares)
mark_as_advanced(CAres_INCLUDE_DIR CAres_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAres REQUIRED_VARS CAres_LIBRARY CAres_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "install libc-ares-dev (Debian, Ubuntu) or c-ares (vcpkg, Homebrew)")
if(CAres_FOUND AND NOT TARGET CAres::CAres)
  add_library(CAres::CAres UNKNOWN IMPORTED)
  set_target_properties(CAres::CAres PROPERTIES
    IMPORTED_LOCATION "${CAres_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${CAres_INCLUDE_DIR}")
endif()
