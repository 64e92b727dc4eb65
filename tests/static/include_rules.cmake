# cmake -DROOT=<checkout> -P include_rules.cmake
#
# Checks who may include whom:
# - headers of the SDK include standard headers and <sidespan/…> of the SDK alone;
# - nothing includes a floor above its own: sdk/include ← sdk/json ← sinks ← juce, collector ← samples;
# - no files include each other, directly or in a circle.
cmake_minimum_required(VERSION 3.24)

# The floors from the ground up: folders of public headers, and folders whose files belong to them.
set(floors sdk/include sdk/json sinks juce collector samples)

# Of the compiler rather than the standard; and the one header that names the sink a target chose, for that target.
set(compiler_headers intrin.h)
set(names_the_chosen_sink sdk/include/sidespan/default_recorder.h)

set(problems "")
function(problem text)
  set(problems "${problems}\n  ${text}" PARENT_SCOPE)
endfunction()

function(floor_of file out)
  set(${out} 0 PARENT_SCOPE)  # sdk/src is on the ground floor
  foreach(floor IN LISTS floors)
    if(file MATCHES "^${floor}/")
      list(FIND floors "${floor}" number)
      set(${out} ${number} PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

file(GLOB_RECURSE files RELATIVE "${ROOT}" LIST_DIRECTORIES OFF
  "${ROOT}/sdk/*.h" "${ROOT}/sdk/*.cpp" "${ROOT}/sinks/*.h" "${ROOT}/sinks/*.cpp"
  "${ROOT}/juce/*.h" "${ROOT}/juce/*.cpp" "${ROOT}/collector/*.h" "${ROOT}/collector/*.cpp"
  "${ROOT}/samples/*.h" "${ROOT}/samples/*.cpp")
list(LENGTH files count)
if(count LESS 50)
  message(FATAL_ERROR "only ${count} files found under ${ROOT}; is it the checkout?")
endif()

# Where each public header is.
foreach(file IN LISTS files)
  if(file MATCHES "/include/(sidespan/.*\\.h)$")
    set("public_${CMAKE_MATCH_1}" "${file}")
  endif()
endforeach()

# resolve(<including file> <name> <out>): our file, or nothing.
function(resolve from name out)
  if(DEFINED "public_${name}")
    set(${out} "${public_${name}}" PARENT_SCOPE)
    return()
  endif()
  cmake_path(GET from PARENT_PATH folder)
  foreach(base IN ITEMS "${folder}" sdk/src sdk/json/src)
    if(EXISTS "${ROOT}/${base}/${name}")
      cmake_path(SET path NORMALIZE "${base}/${name}")
      set(${out} "${path}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${out} "" PARENT_SCOPE)
endfunction()

foreach(file IN LISTS files)
  floor_of("${file}" own_floor)
  set("includes_${file}" "")
  file(STRINGS "${ROOT}/${file}" lines REGEX "^ *# *include")
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "include *[<\"]([^>\"]+)[>\"]")
      problem("${file}: \"${line}\" is not understood")
      continue()
    endif()
    set(name "${CMAKE_MATCH_1}")
    resolve("${file}" "${name}" target)
    if(NOT target)
      if(name MATCHES "^sidespan/")
        problem("${file}: <${name}> is not a header of ours")
      elseif(file MATCHES "^sdk/include/" AND NOT name MATCHES "^[a-z_]+$" AND NOT name IN_LIST compiler_headers)
        problem("${file}: <${name}> is not a standard header")
      endif()
      continue()
    endif()
    list(APPEND "includes_${file}" "${target}")
    floor_of("${target}" floor)
    if(floor GREATER own_floor AND NOT file IN_LIST names_the_chosen_sink)
      problem("${file}: <${name}> is of a floor above")
    endif()
  endforeach()
endforeach()

# Take away, again and again, what includes nothing that is left; what then remains includes itself.
set(left ${files})
foreach(exempt IN LISTS names_the_chosen_sink)
  set("includes_${exempt}" "")
endforeach()
while(left)
  set(next "")
  foreach(file IN LISTS left)
    foreach(target IN LISTS "includes_${file}")
      if(target IN_LIST left)
        list(APPEND next "${file}")
        break()
      endif()
    endforeach()
  endforeach()
  if(next STREQUAL left)
    list(JOIN left ", " circle)
    problem("these include each other, or what does: ${circle}")
    break()
  endif()
  set(left ${next})
endwhile()

if(problems)
  message(FATAL_ERROR "includes that are against the rules:${problems}")
endif()
message(STATUS "${count} files keep the rules")
