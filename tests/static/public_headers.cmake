# cmake -DROOT=<checkout> -DCOMPILER=<path> -DKIND=<gcc|clang> -DWORK=<folder> [-DSTANDARD=<c++20>] [-DMACROS=ON] [-DOPTIMIZED=ON]
#   -P public_headers.cmake
#
# Compiles one file that includes every public header which needs no JUCE, and a program that uses them, without making
# anything. A user's warnings are errors: those of juce_recommended_warning_flags, and stricter ones. With MACROS, the
# names in foreign_macros.h are macros before the first header is read. OPTIMIZED, the compiler also says what it sees only
# while optimising.
cmake_minimum_required(VERSION 3.24)

# juce_recommended_warning_flags as of JUCE 8, then ours.
set(flags_of_gcc
  -Wall -Wextra -Wpedantic -Wstrict-aliasing -Wuninitialized -Wunused-parameter -Wsign-compare -Wsign-conversion
  -Wunreachable-code -Wcast-align -Wno-implicit-fallthrough -Wno-maybe-uninitialized -Wno-ignored-qualifiers
  -Wswitch-enum -Wredundant-decls -Wno-strict-overflow -Wshadow -Woverloaded-virtual -Wreorder
  -Wzero-as-null-pointer-constant
  -Wconversion -Wold-style-cast -Wuseless-cast -Wnull-dereference)
set(flags_of_clang
  -Wall -Wshadow-all -Wshorten-64-to-32 -Wstrict-aliasing -Wuninitialized -Wunused-parameter -Wconversion
  -Wsign-compare -Wint-conversion -Wconditional-uninitialized -Wconstant-conversion -Wsign-conversion
  -Wbool-conversion -Wextra-semi -Wunreachable-code -Wcast-align -Wshift-sign-overflow -Wmissing-prototypes
  -Wnullable-to-nonnull-conversion -Wno-ignored-qualifiers -Wswitch-enum -Wpedantic -Wdeprecated
  -Wzero-as-null-pointer-constant -Wunused-private-field -Woverloaded-virtual -Wreorder
  -Winconsistent-missing-destructor-override
  -Wextra -Wold-style-cast -Wnull-dereference -Wfloat-conversion)
if(NOT STANDARD)
  set(STANDARD c++20)
endif()

# The headers, where they are, and what they include of others.
set(headers "")
set(folders "")
set(foreign "")
foreach(room IN ITEMS sdk encodings network sinks classic)
  file(GLOB_RECURSE files LIST_DIRECTORIES OFF "${ROOT}/${room}/*.h")
  foreach(file IN LISTS files)
    if(file MATCHES "^(.*/include)/(sidespan/.*\\.h)$")
      list(APPEND folders "-I${CMAKE_MATCH_1}")
      list(APPEND headers "${CMAKE_MATCH_2}")
      file(STRINGS "${file}" lines REGEX "^#include <[^>]*>")
      list(APPEND foreign ${lines})
    endif()
  endforeach()
endforeach()
list(REMOVE_DUPLICATES folders)
list(FILTER foreign EXCLUDE REGEX "<sidespan/|intrin.h>|<arm_neon.h>")
list(REMOVE_DUPLICATES foreign)
list(LENGTH headers count)
if(count LESS 80)
  message(FATAL_ERROR "only ${count} public headers found under ${ROOT}; is it the checkout?")
endif()

list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>" OUTPUT_VARIABLE ours)
set(program "${ROOT}/tests/compile_fail/good_program.cpp")
if(MACROS)
  set(ours ${foreign} "#include \"${ROOT}/tests/static/foreign_macros.h\"" ${ours})
endif()
list(APPEND ours "#include \"${program}\"")
list(JOIN ours "\n" text)
set(file "${WORK}/${KIND}_${STANDARD}_${MACROS}${OPTIMIZED}.cpp")
file(WRITE "${file}" "${text}\n")

set(what -fsyntax-only)
if(OPTIMIZED)
  set(what -O2 -c -o "${file}.o")
endif()
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C
    "${COMPILER}" -std=${STANDARD} ${what} ${flags_of_${KIND}} -Werror ${folders} "${file}"
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${count} public headers, as ${STANDARD}:\n${output}")
endif()
message(STATUS "${count} public headers compile without a warning")
