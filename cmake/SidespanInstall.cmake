# The install tree: headers, static libraries, and a relocatable package in which each component is a pair of files, so
# that find_package() reads, and looks for, only what is asked. Two builds may be installed into one prefix.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(sidespan_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/sidespan")
set(sidespan_generated_dir "${CMAKE_CURRENT_BINARY_DIR}/package")

# sidespan_collect_needs(<target> <out>): the other libraries of ours it links, by their names without "sidespan::".
function(sidespan_collect_needs target out)
  set(needs "")
  foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
    get_target_property(libraries ${target} ${property})
    string(REGEX MATCHALL "sidespan::[a-z_]+" ours "${libraries}")
    list(APPEND needs ${ours})
  endforeach()
  list(TRANSFORM needs REPLACE "sidespan::" "")
  list(REMOVE_DUPLICATES needs)
  set(${out} "${needs}" PARENT_SCOPE)
endfunction()

# sidespan_install_component(<target>): sidespan_sink_http becomes sidespan::sink_http in the package.
function(sidespan_install_component target)
  string(REGEX REPLACE "^sidespan_" "" SIDESPAN_PART ${target})
  sidespan_collect_needs(${target} SIDESPAN_NEEDS)
  get_property(SIDESPAN_PACKAGES GLOBAL PROPERTY SIDESPAN_PACKAGES_${SIDESPAN_PART})

  install(TARGETS ${target} EXPORT ${target}
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(EXPORT ${target} NAMESPACE sidespan:: FILE "sidespan-${SIDESPAN_PART}-targets.cmake"
    DESTINATION "${sidespan_package_dir}")

  set(file "${sidespan_generated_dir}/sidespan-${SIDESPAN_PART}.cmake")
  configure_file(cmake/sidespan-part.cmake.in "${file}" @ONLY)
  install(FILES "${file}" DESTINATION "${sidespan_package_dir}")
endfunction()

get_property(sidespan_install_targets GLOBAL PROPERTY SIDESPAN_INSTALL_TARGETS)
foreach(target IN LISTS sidespan_install_targets)
  sidespan_install_component(${target})
endforeach()

configure_package_config_file(cmake/sidespanConfig.cmake.in "${sidespan_generated_dir}/sidespanConfig.cmake"
  INSTALL_DESTINATION "${sidespan_package_dir}" NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${sidespan_generated_dir}/sidespanConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${sidespan_generated_dir}/sidespanConfig.cmake"
  "${sidespan_generated_dir}/sidespanConfigVersion.cmake"
  cmake/FindCAres.cmake
  cmake/SidespanChoices.cmake
  cmake/SidespanConfigure.cmake
  DESTINATION "${sidespan_package_dir}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/sidespan")
