# Reads left_out.txt: files of tests that are not compiled for Windows, and tests that are not run under wine.
file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/left_out.txt" sidespan_left_out REGEX "^[^#]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/left_out.txt")
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

# sidespan_leave_out(<variable>): takes out of a list of sources what is not compiled for Windows.
function(sidespan_leave_out variable)
  list(REMOVE_ITEM ${variable} ${sidespan_left_out_files})
  set(${variable} "${${variable}}" PARENT_SCOPE)
endfunction()

# sidespan_test_on_windows(<target>): one test in ctest for the program, since wine takes long to start one.
function(sidespan_test_on_windows target)
  add_test(NAME ${target} COMMAND ${target} "--gtest_filter=-${sidespan_left_out_tests}")
  set_tests_properties(${target} PROPERTIES TIMEOUT 600)
endfunction()
