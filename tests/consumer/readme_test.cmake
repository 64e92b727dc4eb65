# The README's first program is samples/quickstart/main.cpp, to the letter:
#   cmake -DREADME=<file> -DPROGRAM=<file> -P readme_test.cmake
cmake_minimum_required(VERSION 3.24)

file(READ "${README}" readme)
file(READ "${PROGRAM}" program)
string(FIND "${readme}" "```cpp\n" begin)
string(SUBSTRING "${readme}" ${begin} -1 rest)
string(SUBSTRING "${rest}" 7 -1 rest)
string(FIND "${rest}" "```" end)
string(SUBSTRING "${rest}" 0 ${end} shown)
if(NOT shown STREQUAL program)
  message(FATAL_ERROR "the first program of ${README} is not ${PROGRAM}; it is\n${shown}")
endif()
