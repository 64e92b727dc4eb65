# One consumer project, configured, built and run from scratch:
#   cmake -DSOURCE=<folder> -DBINARY=<folder> -DOPTIONS=<cmake options> [...] -P consumer.cmake
#
#   FAILS         configuration must stop, with a message that matches this
#   SAYS          what configuration says must match this
#   NO_FLAGS      no command of the compiler may match this
#   PACKAGES      the packages configuration may look for; it must look for all of them and for no other
#   RUN           programs to run; each must end with 0
#   PLAIN         programs that may need no library but those of the language
#   INSTALL       prefix to install into, afterwards
#   KEEP_OBJECTS  what was compiled in BINARY stays: what would be compiled by the same command is not compiled again
cmake_minimum_required(VERSION 3.24)

function(run_or_die what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what}: ended with ${result}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# CMake breaks its messages into lines; here they are one.
function(on_one_line text out)
  string(REGEX REPLACE "[ \n]+" " " text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

function(check_refusal result output)
  on_one_line("${output}" output)
  if(result EQUAL 0)
    message(FATAL_ERROR "configuration should have stopped with: ${FAILS}\n${output}")
  endif()
  if(NOT output MATCHES "${FAILS}")
    message(FATAL_ERROR "configuration stopped, but not with: ${FAILS}\n${output}")
  endif()
endfunction()

function(check_packages)
  file(STRINGS "${BINARY}/packages.txt" found)
  list(FILTER found EXCLUDE REGEX "^boost_")  # Boost looking for its own parts
  list(REMOVE_DUPLICATES found)
  list(SORT found)
  list(SORT PACKAGES)
  if(NOT found STREQUAL PACKAGES)
    message(FATAL_ERROR "configuration looked for \"${found}\"; it should have looked for \"${PACKAGES}\"")
  endif()
endfunction()

function(check_saying output)
  on_one_line("${output}" output)
  if(NOT output MATCHES "${SAYS}")
    message(FATAL_ERROR "configuration did not say: ${SAYS}\n${output}")
  endif()
endfunction()

function(check_flags)
  file(READ "${BINARY}/compile_commands.json" commands)
  if(commands MATCHES "${NO_FLAGS}")
    message(FATAL_ERROR "a compiler was told: ${CMAKE_MATCH_0}")
  endif()
endfunction()

function(check_plain program)
  run_or_die("reading ${program}" ${READELF} -d "${BINARY}/${program}")
  string(REGEX MATCHALL "NEEDED[^\n]*\\[[^]\n]*" needed "${output}")
  foreach(library IN LISTS needed)
    if(NOT library MATCHES "\\[(libstdc\\+\\+|libc\\+\\+|libgcc_s|libm|libc|libpthread|libatomic|ld-linux[a-z0-9-]*)\\.so")
      message(FATAL_ERROR "${program} needs a library it did not choose: ${library}")
    endif()
  endforeach()
endfunction()

if(KEEP_OBJECTS)
  file(REMOVE "${BINARY}/CMakeCache.txt" "${BINARY}/packages.txt")
else()
  file(REMOVE_RECURSE "${BINARY}")
endif()
set(configure ${CMAKE_COMMAND} -S "${SOURCE}" -B "${BINARY}" ${OPTIONS})
if(DEFINED PACKAGES)
  list(APPEND configure "-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=${CMAKE_CURRENT_LIST_DIR}/packages_looked_for.cmake")
endif()

if(NO_FLAGS)
  list(APPEND configure -DCMAKE_EXPORT_COMPILE_COMMANDS=ON)
endif()

if(FAILS)
  execute_process(COMMAND ${configure} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  check_refusal("${result}" "${output}")
  return()
endif()

run_or_die("configuring" ${configure})
if(DEFINED PACKAGES)
  check_packages()
endif()
if(SAYS)
  check_saying("${output}")
endif()
if(NO_FLAGS)
  check_flags()
endif()
if(RUN OR INSTALL)
  run_or_die("building" ${CMAKE_COMMAND} --build "${BINARY}")
endif()
foreach(program IN LISTS RUN)
  run_or_die("running ${program}" "${BINARY}/${program}")
endforeach()
foreach(program IN LISTS PLAIN)
  check_plain(${program})
endforeach()
if(INSTALL)
  file(REMOVE_RECURSE "${INSTALL}")
  run_or_die("installing" ${CMAKE_COMMAND} --install "${BINARY}" --prefix "${INSTALL}")
endif()
