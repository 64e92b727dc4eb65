# sidespan_configure(<target> [SINK null|memory|file|http] [LOCK mutex|spin|none] [CLOCK steady|system|tsc|manual])
#
# Chooses what sidespan::DefaultRecorder is in one target, and links what that needs and nothing else. What is left out
# is what SIDESPAN_SINK, SIDESPAN_LOCK and SIDESPAN_CLOCK say, so targets of one build may differ.
function(sidespan_configure target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SINK;LOCK;CLOCK" "")
  if(NOT TARGET ${target})
    message(FATAL_ERROR "sidespan_configure: \"${target}\" is not a target; call it after add_library, "
      "add_executable or juce_add_plugin")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "sidespan_configure(${target}): \"${arg_UNPARSED_ARGUMENTS}\" is not understood; "
      "it takes SINK, LOCK and CLOCK, each with one value")
  endif()
  foreach(choice SINK LOCK CLOCK)
    if(NOT DEFINED arg_${choice})
      set(arg_${choice} ${SIDESPAN_${choice}})
    endif()
    sidespan_check_choice("sidespan_configure(${target}): ${choice}" "${arg_${choice}}" ${SIDESPAN_${choice}_CHOICES})
    string(TOUPPER "${arg_${choice}}" value)
    target_compile_definitions(${target} PRIVATE SIDESPAN_${choice}_${value}=1)
  endforeach()

  if(COMMAND sidespan_add_components)
    sidespan_add_components(${arg_SINK})
  endif()
  if(NOT TARGET sidespan::sink_${arg_SINK})
    message(FATAL_ERROR "sidespan_configure(${target}): the installed package was found without the "
      "\"${arg_SINK}\" component; ask for it: find_package(sidespan CONFIG REQUIRED COMPONENTS ${arg_SINK})")
  endif()
  target_link_libraries(${target} PRIVATE sidespan::sink_${arg_SINK})
endfunction()
