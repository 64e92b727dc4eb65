# The install tree: headers, static libraries, and a relocatable package in which each component is a pair of files, so
# that find_package() reads, and looks for, only what is asked. Two builds may be installed into one prefix.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(sidespan_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/sidespan")
set(sidespan_generated_dir "${CMAKE_CURRENT_BINARY_DIR}/package")

# sidespan_write_needs(<part> <out>): what its file in the package looks for before it: other parts, and packages.
function(sidespan_write_needs part out)
  get_property(needs GLOBAL PROPERTY SIDESPAN_NEEDS_${part})
  get_property(packages GLOBAL PROPERTY SIDESPAN_PACKAGES_${part})
  set(text "")
  foreach(need IN LISTS needs)
    string(APPEND text "include(\"\${CMAKE_CURRENT_LIST_DIR}/sidespan-${need}.cmake\")\n"
      "if(NOT sidespan_FOUND)\n  return()\nendif()\n")
  endforeach()
  foreach(package IN LISTS packages)
    string(REGEX MATCH "^[^ ]+" name "${package}")
    string(APPEND text "set(sidespan_looked_for ${name})\nfind_dependency(${package})\n")
  endforeach()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# sidespan_install_component(<target>): sidespan_sink_http becomes sidespan::sink_http in the package.
function(sidespan_install_component target)
  string(REGEX REPLACE "^sidespan_" "" SIDESPAN_PART ${target})
  sidespan_write_needs(${SIDESPAN_PART} SIDESPAN_NEEDS)

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
# Programs, where they have been built. An SDK alone is installed without building them.
if(TARGET sidespan-collector)
  install(TARGETS sidespan-collector sidespan-view RUNTIME COMPONENT collector EXCLUDE_FROM_ALL)
endif()

# sidespan_install_plugin(<module> <folder>): a plugin's bundle into a folder of the user's, by the component "loopshare".
function(sidespan_install_plugin module folder)
  if(TARGET ${module})
    get_target_property(bundle ${module} JUCE_PLUGIN_ARTEFACT_FILE)
    install(CODE "file(INSTALL DESTINATION \"${folder}\" TYPE DIRECTORY USE_SOURCE_PERMISSIONS FILES \"${bundle}\")"
      COMPONENT loopshare EXCLUDE_FROM_ALL)
  endif()
endfunction()
if(APPLE)
  set(sidespan_plugins "\$ENV{HOME}/Library/Audio/Plug-Ins")
  sidespan_install_plugin(LoopShare_VST3 "${sidespan_plugins}/VST3")
  sidespan_install_plugin(LoopShare_LV2 "${sidespan_plugins}/LV2")
  sidespan_install_plugin(LoopShare_AU "${sidespan_plugins}/Components")
elseif(WIN32)
  sidespan_install_plugin(LoopShare_VST3 "\$ENV{LOCALAPPDATA}/Programs/Common/VST3")
  sidespan_install_plugin(LoopShare_LV2 "\$ENV{APPDATA}/LV2")
else()
  sidespan_install_plugin(LoopShare_VST3 "\$ENV{HOME}/.vst3")
  sidespan_install_plugin(LoopShare_LV2 "\$ENV{HOME}/.lv2")
endif()

install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/sidespan")
