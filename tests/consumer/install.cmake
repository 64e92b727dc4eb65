# Installs a build, moves the tree elsewhere, and checks that nothing in its package remembers where it was, or where
# this machine keeps a library:
#   cmake -DBUILD=<build folder> -DPREFIX=<prefix, in the end> -P install.cmake
cmake_minimum_required(VERSION 3.24)

file(REMOVE_RECURSE "${PREFIX}" "${PREFIX}-before")
execute_process(COMMAND ${CMAKE_COMMAND} --install "${BUILD}" --prefix "${PREFIX}-before"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${PREFIX}-before" "${PREFIX}")

file(GLOB_RECURSE files "${PREFIX}/*.cmake")
if(NOT files)
  message(FATAL_ERROR "nothing was installed")
endif()
foreach(file IN LISTS files)
  file(READ "${file}" text)
  foreach(place "${BUILD}" "${PREFIX}" ".so" "/usr/lib")
    string(FIND "${text}" "${place}" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${file} remembers ${place}")
    endif()
  endforeach()
endforeach()
