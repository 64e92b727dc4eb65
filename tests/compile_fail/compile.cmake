# cmake -DCOMPILER=<path> -DKIND=<gcc|clang> -DSOURCE=<file> -DINCLUDES=<folders> [-DFLAGS=<flags>]
#   [-DHEADERS=<file>] -P compile.cmake
#
# A SOURCE that is a header is compiled ahead to HEADERS, with the compiler's suffix. Any other is compiled without making
# anything, with HEADERS if they are given. A file that says "// expect: <regex>" must be refused in words that match every such
# line ("// expect-gcc:" and "// expect-clang:" for one compiler alone; "// expect-first:" in the first line that says
# "error", likewise); any other file must compile.
cmake_minimum_required(VERSION 3.24)

set(compiled_headers "${HEADERS}.gch")
set(use_headers -include "${HEADERS}" -Winvalid-pch -Werror=invalid-pch)
if(KIND STREQUAL "clang")
  set(compiled_headers "${HEADERS}.pch")
  set(use_headers -include-pch "${compiled_headers}")
endif()
if(NOT HEADERS)
  set(what -fsyntax-only)
elseif(SOURCE MATCHES "\\.h$")
  set(what -x c++-header -o "${compiled_headers}")
  get_filename_component(folder "${HEADERS}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
else()
  set(what -fsyntax-only ${use_headers})
endif()

list(TRANSFORM INCLUDES PREPEND "-I" OUTPUT_VARIABLE includes)
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C
    "${COMPILER}" -std=c++20 -Wall -Wextra -Werror=unused-result ${FLAGS} ${what} ${includes} "${SOURCE}"
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)

file(STRINGS "${SOURCE}" lines REGEX "^// expect")
set(words "")
set(first_words "")
foreach(line IN LISTS lines)
  if(line MATCHES "^// expect(-${KIND})?: (.*)$")
    list(APPEND words "${CMAKE_MATCH_2}")
  elseif(line MATCHES "^// expect-first(-${KIND})?: (.*)$")
    list(APPEND first_words "${CMAKE_MATCH_2}")
  endif()
endforeach()

if(NOT lines)
  if(NOT result EQUAL 0 OR output MATCHES "warning: ")
    message(FATAL_ERROR "this must compile, and without a warning:\n${output}")
  endif()
  return()
endif()
if(NOT words AND NOT first_words)
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
string(REGEX MATCH "[^\n]*error: [^\n]*" first_line "${output}")
foreach(word IN LISTS first_words)
  if(NOT first_line MATCHES "${word}")
    message(FATAL_ERROR "the first error does not say \"${word}\":\n${output}")
  endif()
endforeach()
