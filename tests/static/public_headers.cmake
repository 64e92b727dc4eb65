# cmake -DROOT=<checkout> -DCOMPILER=<path> -DKIND=<gcc|clang|cl> -DWORK=<folder> [-DSTANDARD=<c++20>] [-DMACROS=ON] [-DOPTIMIZED=ON]
#   [-DFLAGS=<more>]
#   -P public_headers.cmake
#
# Compiles one file that includes every public header which needs no JUCE, and a program that uses them, without making
# anything. A user's warnings are errors: those of juce_recommended_warning_flags, and stricter ones. With MACROS, the
# names in foreign_macros.h are macros before the first header is read. OPTIMIZED, the compiler also says what it sees only
# while optimising. FLAGS are a user's own.
#
# KIND cl: clang reads them as clang-cl would, or, with CL, as cl.exe: with Microsoft's ABI, macros and instructions, and
# this machine's C++ library in the place of Microsoft's. What it finds is what a branch for MSVC says, not how it runs.
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
  -Wextra -Wold-style-cast -Wnull-dereference -Wfloat-conversion -Wrange-loop-analysis
  -Wdocumentation -Wdocumentation-unknown-command)  # Xcode's new projects have the former
set(flags_of_cl
  --target=x86_64-pc-windows-msvc -fms-compatibility-version=19.38 -ferror-limit=0
  -Wall -Wextra -Wno-unknown-attributes -Wno-pointer-to-int-cast  # clang 18 knows [[msvc::no_unique_address]]
  -nostdinc++ -nostdlibinc -D__STRICT_ANSI__ -D_GNU_SOURCE -D__SIZEOF_INT128__=16 -D__ILP32__
  -isystem "${ROOT}/tests/static/as_cl" -include "${ROOT}/tests/static/as_cl/as_cl.h")
if(CL)
  list(APPEND flags_of_cl -DSIDESPAN_AS_CL_ITSELF -Wno-unknown-pragmas)
endif()
if(KIND STREQUAL "cl")
  execute_process(COMMAND "${COMPILER}" -xc++ -E -v /dev/null OUTPUT_QUIET ERROR_VARIABLE said)
  string(REGEX MATCHALL "\n /[^\n]*" folders_of_system "${said}")
  foreach(folder IN LISTS folders_of_system)
    string(STRIP "${folder}" folder)
    list(APPEND flags_of_cl -isystem "${folder}")
  endforeach()
endif()
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
    if(KIND STREQUAL "cl" AND file MATCHES "/sidespan/(json|classic|otlp_reader|otlp_writer)/")
      continue()  # Boost's headers need Microsoft's library
    endif()
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
if(NOT CMAKE_HOST_APPLE)
  list(FILTER foreign EXCLUDE REGEX "<os/")
endif()
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
set(file "${WORK}/${KIND}_${STANDARD}_${MACROS}${OPTIMIZED}${CL}${FLAGS}.cpp")
file(WRITE "${file}" "${text}\n")

set(what -fsyntax-only)
if(OPTIMIZED)
  set(what -O2 -c -o "${file}.o")
endif()
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C
    "${COMPILER}" -std=${STANDARD} ${what} ${flags_of_${KIND}} ${FLAGS} -Werror ${folders} "${file}"
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${count} public headers, as ${STANDARD}:\n${output}")
endif()
message(STATUS "${count} public headers compile without a warning")
