# Reads ${sidespan_left_out_list}: files of tests that are not compiled for another system, and tests that are not run
# in its emulator.
file(STRINGS "${sidespan_left_out_list}" sidespan_left_out REGEX "^[^#]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${sidespan_left_out_list}")
set(sidespan_left_out_files "")
set(sidespan_left_out_tests "")
foreach(line IN LISTS sidespan_left_out)
  string(REGEX REPLACE " *\\|.*" "" name "${line}")
  if(name MATCHES "\\.cpp$")
    list(APPEND sidespan_left_out_files "${name}")
  else()
    list(APPEND sidespan_left_out_tests "${name}")
  endif()
endforeach()
list(JOIN sidespan_left_out_tests ":" sidespan_left_out_tests)

# sidespan_leave_out(<variable>): takes out of a list of sources what is not compiled.
function(sidespan_leave_out variable)
  list(REMOVE_ITEM ${variable} ${sidespan_left_out_files})
  set(${variable} "${${variable}}" PARENT_SCOPE)
endfunction()

# sidespan_test_in_emulator(<target>): one test in ctest for the program, since an emulator takes long to start one.
function(sidespan_test_in_emulator target)
  add_test(NAME ${target} COMMAND ${target} "--gtest_filter=-${sidespan_left_out_tests}")
  set_tests_properties(${target} PROPERTIES TIMEOUT 600)
endfunction()
