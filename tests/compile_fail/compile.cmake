# cmake -DCOMPILER=<path> -DKIND=<gcc|clang> -DSOURCE=<file> -DINCLUDES=<folders> -P compile.cmake
#
# Compiles SOURCE, without making anything. A file that says "// expect: <regex>" must be refused in words that match
# every such line ("// expect-gcc:" and "// expect-clang:" for one compiler alone); any other file must compile.
cmake_minimum_required(VERSION 3.24)

list(TRANSFORM INCLUDES PREPEND "-I" OUTPUT_VARIABLE includes)
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C
    "${COMPILER}" -std=c++20 -fsyntax-only -Wall -Wextra -Werror=unused-result ${includes} "${SOURCE}"
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)

file(STRINGS "${SOURCE}" lines REGEX "^// expect")
set(words "")
foreach(line IN LISTS lines)
  if(line MATCHES "^// expect(-${KIND})?: (.*)$")
    list(APPEND words "${CMAKE_MATCH_2}")
  endif()
endforeach()

if(NOT lines)
  if(NOT result EQUAL 0 OR output MATCHES "warning: ")
    message(FATAL_ERROR "this must compile, and without a warning:\n${output}")
  endif()
  return()
endif()
if(NOT words)
  message(FATAL_ERROR "${SOURCE} expects nothing of ${KIND}")
endif()
if(result EQUAL 0)
  message(FATAL_ERROR "this compiled and must not")
endif()
foreach(word IN LISTS words)
  if(NOT output MATCHES "${word}")
    message(FATAL_ERROR "the compiler does not say \"${word}\":\n${output}")
  endif()
endforeach()
