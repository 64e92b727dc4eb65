# cmake -DROOT=<checkout> -P links.cmake
#
# A link from one page of ours to a file of the checkout leads to one that is there.
cmake_minimum_required(VERSION 3.24)

file(GLOB pages "${ROOT}/*.md" "${ROOT}/docs/*.md" "${ROOT}/*/README.md" "${ROOT}/samples/*/README.md")
set(problems "")
set(count 0)
foreach(page IN LISTS pages)
  cmake_path(GET page PARENT_PATH folder)
  # Brackets and semicolons mean something in a list of CMake's.
  file(READ "${page}" text)
  string(REPLACE "](" "@(" text "${text}")
  string(REGEX REPLACE "[][;]" "" text "${text}")
  string(REGEX MATCHALL "@[(][^@(#:)]+[)#]" links "${text}")
  foreach(link IN LISTS links)
    string(REGEX REPLACE "^@[(](.*)[)#]$" "\\1" link "${link}")
    math(EXPR count "${count} + 1")
    if(NOT EXISTS "${folder}/${link}")
      string(APPEND problems "\n  ${page}: ${link}")
    endif()
  endforeach()
endforeach()
if(count LESS 10)
  message(FATAL_ERROR "only ${count} links found under ${ROOT}; is it the checkout?")
endif()
if(problems)
  message(FATAL_ERROR "links to nothing:${problems}")
endif()
