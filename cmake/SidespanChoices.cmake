# What a plugin team chooses, in the checkout and in the installed package alike. A bad value stops configuration and
# names the good ones.

# In the cache, since sidespan_configure() is called in folders that do not see our variables.
set(SIDESPAN_SINK_CHOICES null memory file http CACHE INTERNAL "")
set(SIDESPAN_LOCK_CHOICES mutex spin none CACHE INTERNAL "")
if(APPLE)
  set(SIDESPAN_LOCK_CHOICES mutex spin unfair none CACHE INTERNAL "")
endif()
set(SIDESPAN_CLOCK_CHOICES steady system tsc manual CACHE INTERNAL "")
set(SIDESPAN_ENCODING_CHOICES native otlp otlp-json chrome CACHE INTERNAL "")
set(SIDESPAN_COMPONENT_CHOICES null memory file http tee network json otlp chrome_trace classic juce CACHE INTERNAL "")

# sidespan_part_of(<component> <out>): the name of the component's target, without "sidespan::".
function(sidespan_part_of component out)
  if(component MATCHES "^(null|memory|file|http|tee)$")
    set(${out} "sink_${component}" PARENT_SCOPE)
  else()
    set(${out} "${component}" PARENT_SCOPE)
  endif()
endfunction()

# sidespan_check_choice(<what> <value> <choices...>)
function(sidespan_check_choice what value)
  if(NOT value IN_LIST ARGN)
    list(JOIN ARGN ", " choices)
    message(FATAL_ERROR "sidespan: ${what} is \"${value}\"; it must be one of: ${choices}")
  endif()
endfunction()

# sidespan_enum_option(<name> <default> <description> <choices...>)
function(sidespan_enum_option name default description)
  set(${name} "${default}" CACHE STRING "${description}")
  set_property(CACHE ${name} PROPERTY STRINGS ${ARGN})
  sidespan_check_choice(${name} "${${name}}" ${ARGN})
endfunction()

# sidespan_choose_defaults(<sink> <lock> <clock> <encoding>): makes the four options, which speak for every target that
# sidespan_configure() does not give its own choice.
function(sidespan_choose_defaults sink lock clock encoding)
  sidespan_enum_option(SIDESPAN_SINK ${sink} "Where DefaultRecorder sends spans" ${SIDESPAN_SINK_CHOICES})
  sidespan_enum_option(SIDESPAN_LOCK ${lock} "How DefaultRecorder guards its hand-off" ${SIDESPAN_LOCK_CHOICES})
  sidespan_enum_option(SIDESPAN_CLOCK ${clock} "Where DefaultRecorder takes its time from" ${SIDESPAN_CLOCK_CHOICES})
  sidespan_enum_option(SIDESPAN_ENCODING ${encoding} "What DefaultRecorder's http or file sink writes"
    ${SIDESPAN_ENCODING_CHOICES})
endfunction()

# sidespan_note_options(<names...>): remembers options that are variables, not cache entries, where sidespan is added.
# sidespan_configure() needs them, and may be called in a folder that does not see these variables.
function(sidespan_note_options)
  foreach(name IN LISTS ARGN)
    if(DEFINED ${name} AND NOT "${${name}}" STREQUAL "$CACHE{${name}}")
      set_property(GLOBAL PROPERTY SIDESPAN_NOTED_${name} "${${name}}")
      set_property(GLOBAL APPEND PROPERTY SIDESPAN_NOTED ${name})
    endif()
  endforeach()
endfunction()

# sidespan_recall_options(): sets the noted options here, where a variable does not differ from the cache.
macro(sidespan_recall_options)
  get_property(sidespan_noted GLOBAL PROPERTY SIDESPAN_NOTED)
  foreach(name IN LISTS sidespan_noted)
    if("${${name}}" STREQUAL "$CACHE{${name}}")
      get_property(${name} GLOBAL PROPERTY SIDESPAN_NOTED_${name})
    endif()
  endforeach()
endmacro()
