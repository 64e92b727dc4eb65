# Every option, in one place. Enum options are checked: a bad value stops configuration and names the good ones.

set(SIDESPAN_SINK_CHOICES null memory file http)
set(SIDESPAN_LOCK_CHOICES mutex spin none)
set(SIDESPAN_CLOCK_CHOICES steady system tsc manual)

# sidespan_check_choice(<what> <value> <choices...>)
function(sidespan_check_choice what value)
  if(NOT "${value}" IN_LIST ARGN)
    list(JOIN ARGN ", " choices)
    message(FATAL_ERROR "sidespan: ${what} is \"${value}\"; it must be one of: ${choices}")
  endif()
endfunction()

function(sidespan_enum_option name default description)
  set(${name} "${default}" CACHE STRING "${description}")
  set_property(CACHE ${name} PROPERTY STRINGS ${ARGN})
  sidespan_check_choice(${name} "${${name}}" ${ARGN})
endfunction()

sidespan_enum_option(SIDESPAN_SINK null "Where DefaultRecorder sends spans" ${SIDESPAN_SINK_CHOICES})
sidespan_enum_option(SIDESPAN_LOCK mutex "How DefaultRecorder guards its hand-off" ${SIDESPAN_LOCK_CHOICES})
sidespan_enum_option(SIDESPAN_CLOCK steady "Where DefaultRecorder takes its time from" ${SIDESPAN_CLOCK_CHOICES})

option(SIDESPAN_BUILD_SAMPLES "Build the quickstart, the collector and the plugin" ${PROJECT_IS_TOP_LEVEL})
option(SIDESPAN_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(SIDESPAN_BUILD_BENCH "Build the benchmarks" OFF)
option(SIDESPAN_INSTALL "Make the install target" ${PROJECT_IS_TOP_LEVEL})
option(SIDESPAN_WARNINGS_AS_ERRORS "Let a warning in our own code stop the build" OFF)
set(SIDESPAN_SANITIZE "" CACHE STRING "Sanitizers for our own targets, as -fsanitize= takes them")

# Sinks to build beside the chosen one: what an installed package offers, or "tee". Nothing else is looked for.
set(SIDESPAN_COMPONENTS "${SIDESPAN_SINK}" CACHE STRING "Components to build: null, memory, file, http, tee, json")
