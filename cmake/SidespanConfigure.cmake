# sidespan_configure(<target> [SINK null|memory|file|http] [LOCK mutex|spin|none] [CLOCK steady|system|tsc|manual])
#
# Chooses what sidespan::DefaultRecorder is in one target, and links what that needs and nothing else. What is left out
# is what SIDESPAN_SINK, SIDESPAN_LOCK and SIDESPAN_CLOCK say, so targets of one build may differ. Once per target.
function(sidespan_configure target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SINK;LOCK;CLOCK" "")
  sidespan_check_call("${target}" "${arg_UNPARSED_ARGUMENTS}" "${arg_KEYWORDS_MISSING_VALUES}")

  foreach(choice SINK LOCK CLOCK)
    if(NOT DEFINED arg_${choice})
      set(arg_${choice} "${SIDESPAN_${choice}}")
    endif()
    sidespan_check_choice("sidespan_configure(${target}): ${choice}" "${arg_${choice}}" ${SIDESPAN_${choice}_CHOICES})
    string(TOUPPER "${arg_${choice}}" value)
    target_compile_definitions(${target} PRIVATE SIDESPAN_${choice}_${value}=1)
  endforeach()

  sidespan_require_sink(${target} ${arg_SINK})
  target_link_libraries(${target} PRIVATE sidespan::sink_${arg_SINK})
endfunction()

# sidespan_check_call(<target> <what was not understood> <keywords without a value>)
function(sidespan_check_call target unparsed missing)
  if(NOT TARGET "${target}")
    message(FATAL_ERROR "sidespan_configure: \"${target}\" is not a target; call it after add_library, "
      "add_executable or juce_add_plugin")
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    message(FATAL_ERROR "sidespan_configure: \"${target}\" compiles nothing; configure the targets that link it")
  endif()
  if(unparsed OR missing)
    message(FATAL_ERROR "sidespan_configure(${target}): \"${unparsed}${missing}\" is not understood; "
      "it takes SINK, LOCK and CLOCK, each with one value")
  endif()
  get_target_property(configured ${target} SIDESPAN_CONFIGURED)
  if(configured)
    message(FATAL_ERROR "sidespan_configure(${target}): the target has been configured before; "
      "say SINK, LOCK and CLOCK in one call")
  endif()
  set_target_properties(${target} PROPERTIES SIDESPAN_CONFIGURED ON)
endfunction()

# sidespan_require_sink(<target> <sink>): from source the sink is built now; an installed one must have been asked for.
function(sidespan_require_sink target sink)
  if(COMMAND sidespan_add_components)
    sidespan_add_components(${sink})
  elseif(NOT TARGET sidespan::sink_${sink})
    message(FATAL_ERROR "sidespan_configure(${target}): the installed package was found without the "
      "\"${sink}\" component; ask for it: find_package(sidespan CONFIG REQUIRED COMPONENTS ${sink})")
  endif()
endfunction()
