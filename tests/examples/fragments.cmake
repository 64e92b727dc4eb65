# cmake -DROOT=<checkout> -P fragments.cmake
#
# Each fragment of C++ in README.md after its first program is taken from a file in examples/, indented as it is there
# or less.
cmake_minimum_required(VERSION 3.24)

file(GLOB programs "${ROOT}/examples/*.cpp")
set(code "")
foreach(program IN LISTS programs)
  file(READ "${program}" text)
  string(APPEND code "\n${text}")
endforeach()
string(REGEX REPLACE "\n    " "\n" dedented "${code}")

file(READ "${ROOT}/README.md" rest)
set(count 0)
set(problems "")
while(TRUE)
  string(FIND "${rest}" "```cpp\n" begin)
  if(begin EQUAL -1)
    break()
  endif()
  math(EXPR begin "${begin} + 7")
  string(SUBSTRING "${rest}" ${begin} -1 rest)
  string(FIND "${rest}" "```" end)
  string(SUBSTRING "${rest}" 0 ${end} fragment)
  math(EXPR count "${count} + 1")
  string(FIND "${code}${dedented}" "\n${fragment}" at)
  if(at EQUAL -1 AND count GREATER 1)  # the first is the quickstart, which has a test of its own
    string(APPEND problems "\n${fragment}")
  endif()
endwhile()
if(count LESS 3)
  message(FATAL_ERROR "only ${count} programs found in ${ROOT}/README.md")
endif()
if(problems)
  message(FATAL_ERROR "README.md shows what no example has:${problems}")
endif()
