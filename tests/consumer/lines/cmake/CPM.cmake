# What CPM.cmake does with CPM_sidespan_SOURCE set: options into the cache, and the checkout added within a function.
function(CPMAddPackage)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;VERSION;GIT_REPOSITORY" "OPTIONS")
  foreach(option IN LISTS arg_OPTIONS)
    string(REGEX MATCH "^([^ ]+) +(.*)$" option "${option}")
    set(${CMAKE_MATCH_1} "${CMAKE_MATCH_2}" CACHE INTERNAL "")
  endforeach()
  add_subdirectory("${CPM_${arg_NAME}_SOURCE}" "${CMAKE_BINARY_DIR}/_deps/${arg_NAME}-build")
endfunction()
