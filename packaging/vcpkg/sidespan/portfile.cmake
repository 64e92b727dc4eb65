# An overlay port, of the checkout that it stands in: vcpkg install sidespan --overlay-ports=<checkout>/packaging/vcpkg
get_filename_component(SOURCE_PATH "${CURRENT_PORT_DIR}/../../.." ABSOLUTE)

set(components null memory tee)
foreach(component file json http)
  if(component IN_LIST FEATURES)
    list(APPEND components ${component})
  endif()
endforeach()

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    "-DSIDESPAN_COMPONENTS=${components}"
    -DSIDESPAN_BUILD_SAMPLES=OFF
    -DSIDESPAN_BUILD_COLLECTOR=OFF
    -DSIDESPAN_BUILD_TESTS=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/sidespan)
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
