# sidespan_configure(<target> [SINK null|memory|file|http] [LOCK mutex|spin|unfair|none] [CLOCK steady|system|tsc|manual]
#                    [ENCODING native|otlp|otlp-json|chrome] [PRIVATE])
#
# Chooses what sidespan::DefaultRecorder is in one target, and links what that needs and nothing else. What is left out
# is what SIDESPAN_SINK, SIDESPAN_LOCK, SIDESPAN_CLOCK and SIDESPAN_ENCODING say, so targets of one build may differ, unless one links the
# other; PRIVATE allows that too, of a library whose headers name no recorder, span or lane. Once per target.
#
# ENCODING is of the http sink but for "chrome", which is a file, and of the file sink but for "otlp", which has no form
# in lines; "otlp" and "otlp-json" post to <endpoint>/v1/traces. Other sinks write nothing, so SIDESPAN_ENCODING does not
# concern them.
#
# A module library exports nothing of the libraries in it, and of its own code what is marked for that; see
# sidespan_hide_symbols.
function(sidespan_configure target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PRIVATE" "SINK;LOCK;CLOCK;ENCODING" "")
  sidespan_check_call("${target}" "${arg_UNPARSED_ARGUMENTS}" "${arg_KEYWORDS_MISSING_VALUES}")

  sidespan_recall_options()
  foreach(choice SINK LOCK CLOCK)
    if(NOT DEFINED arg_${choice})
      set(arg_${choice} "${SIDESPAN_${choice}}")
    endif()
  endforeach()
  sidespan_choose_encoding(${target} ${arg_SINK} "${arg_ENCODING}" arg_ENCODING)
  foreach(choice SINK LOCK CLOCK ENCODING)
    sidespan_check_choice("sidespan_configure(${target}): ${choice}" "${arg_${choice}}" ${SIDESPAN_${choice}_CHOICES})
    string(TOUPPER "${arg_${choice}}" value)
    string(REPLACE "-" "_" value "${value}")
    target_compile_definitions(${target} PRIVATE SIDESPAN_${choice}_${value}=1)
    # A header that two targets share means something else in each when they chose differently, so CMake stops when one
    # links the other.
    set_target_properties(${target} PROPERTIES SIDESPAN_${choice} ${arg_${choice}})
    if(NOT arg_PRIVATE)
      set_target_properties(${target} PROPERTIES INTERFACE_SIDESPAN_${choice} ${arg_${choice}})
      set_property(TARGET ${target} APPEND PROPERTY COMPATIBLE_INTERFACE_STRING SIDESPAN_${choice})
    endif()
  endforeach()

  sidespan_require_component(${target} ${arg_SINK})
  target_link_libraries(${target} PRIVATE sidespan::sink_${arg_SINK})
  if(NOT arg_ENCODING STREQUAL "native")
    set(part otlp)
    if(arg_ENCODING STREQUAL "chrome")
      set(part chrome_trace)
    endif()
    sidespan_require_component(${target} ${part})
    target_link_libraries(${target} PRIVATE sidespan::${part})
  endif()
  sidespan_hide_symbols(${target})
endfunction()

# sidespan_hide_symbols(<target>): a host unloads a plugin only when no other library uses a symbol of it. Headers, such
# as those of Boost and of C++ itself, define symbols that are exported unless somebody hides them. So modules hide what
# comes from static libraries: this target when it is one, and those that link it, as the formats of a JUCE plugin do.
# A visibility that the target has already stays as it is.
function(sidespan_hide_symbols target)
  if(UNIX AND NOT APPLE)
    target_link_options(${target} PUBLIC
      "$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>:LINKER:--exclude-libs,ALL>")
  endif()
  get_target_property(type ${target} TYPE)
  get_target_property(visibility ${target} CXX_VISIBILITY_PRESET)
  if(type STREQUAL "MODULE_LIBRARY" AND NOT visibility)
    set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  endif()
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
      "it takes SINK, LOCK, CLOCK and ENCODING, each with one value")
  endif()
  get_target_property(configured ${target} SIDESPAN_CONFIGURED)
  if(configured)
    message(FATAL_ERROR "sidespan_configure(${target}): the target has been configured before; "
      "say SINK, LOCK, CLOCK and ENCODING in one call")
  endif()
  set_target_properties(${target} PROPERTIES SIDESPAN_CONFIGURED ON)
endfunction()

# sidespan_choose_encoding(<target> <sink> <what was said, or nothing> <out>): what was said must be something the sink
# writes; what the option says holds where it is.
function(sidespan_choose_encoding target sink said out)
  set(choices native)
  if(sink STREQUAL "http")
    set(choices native otlp otlp-json)
  elseif(sink STREQUAL "file")
    set(choices native otlp-json chrome)
  endif()
  if(NOT said STREQUAL "")
    sidespan_check_choice("sidespan_configure(${target}): ENCODING with SINK ${sink}" "${said}" ${choices})
    set(${out} "${said}" PARENT_SCOPE)
  elseif(SIDESPAN_ENCODING IN_LIST choices)
    set(${out} "${SIDESPAN_ENCODING}" PARENT_SCOPE)
  else()
    set(${out} native PARENT_SCOPE)
  endif()
endfunction()

# sidespan_require_component(<target> <component>): from source it is built now; an installed one must have been asked
# for.
function(sidespan_require_component target component)
  sidespan_part_of(${component} part)
  if(COMMAND sidespan_add_components)
    sidespan_add_components(${component})
  elseif(NOT TARGET sidespan::${part})
    message(FATAL_ERROR "sidespan_configure(${target}): the installed package was found without the "
      "\"${component}\" component; ask for it: find_package(sidespan CONFIG REQUIRED COMPONENTS ${component})")
  endif()
endfunction()
