# Every option of the SDK's build from source, in one place. Options pick types and parts; they never change a type's
# layout.
include(SidespanChoices)

sidespan_choose_defaults(null mutex steady native)

# Parts to build beside the chosen sink: what an installed package offers, or "tee". Nothing else is looked for.
set(SIDESPAN_COMPONENTS "" CACHE STRING "Components to build beside SIDESPAN_SINK: null, memory, file, http, tee, network, json, otlp, chrome_trace, classic, juce")
foreach(component IN LISTS SIDESPAN_COMPONENTS)
  sidespan_check_choice("an item of SIDESPAN_COMPONENTS" "${component}" ${SIDESPAN_COMPONENT_CHOICES})
endforeach()

# With JUCE's transport, what sends over HTTP is linked into programs that have JUCE.
set(sidespan_native_transport curl)
set(sidespan_transports curl juce)
if(APPLE)
  set(sidespan_native_transport juce)
elseif(WIN32)
  set(sidespan_native_transport winhttp)
  list(APPEND sidespan_transports winhttp)
endif()
sidespan_enum_option(SIDESPAN_HTTP_TRANSPORT ${sidespan_native_transport} "What the http sink sends with"
  ${sidespan_transports})

option(SIDESPAN_BUILD_SAMPLES "Build the quickstart, the plugin and its backend" ${PROJECT_IS_TOP_LEVEL})
option(SIDESPAN_BUILD_COLLECTOR "Build the collector and its terminal viewer" ${SIDESPAN_BUILD_SAMPLES})
sidespan_enum_option(SIDESPAN_COLLECTOR_POSTGRES auto "Let the collector store spans in PostgreSQL: when libpq is found, always, never"
  auto on off)
option(SIDESPAN_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(SIDESPAN_BUILD_BENCH "Build the benchmarks" OFF)
option(SIDESPAN_INSTALL "Make the install target, of SIDESPAN_SINK and SIDESPAN_COMPONENTS" ${PROJECT_IS_TOP_LEVEL})
option(SIDESPAN_TUNE_BUILD "Compile what runs rarely for size and several files as one, each function in a section, and let g++ make no unique symbols"
  ${PROJECT_IS_TOP_LEVEL})
option(SIDESPAN_WARNINGS_AS_ERRORS "Let a warning in our own code stop the build" OFF)

set(SIDESPAN_SANITIZE "" CACHE STRING "Sanitizers for our own targets, joined by commas: address, undefined, leak, thread, realtime, fuzzer-no-link")
string(REPLACE "," ";" sidespan_sanitizer_list "${SIDESPAN_SANITIZE}")
foreach(sanitizer IN LISTS sidespan_sanitizer_list)
  sidespan_check_choice("an item of SIDESPAN_SANITIZE" "${sanitizer}" address undefined leak thread realtime fuzzer-no-link)
endforeach()

sidespan_note_options(SIDESPAN_SINK SIDESPAN_LOCK SIDESPAN_CLOCK SIDESPAN_ENCODING
  SIDESPAN_HTTP_TRANSPORT SIDESPAN_CURL SIDESPAN_RESOLVER SIDESPAN_OUTBOX SIDESPAN_TUNE_BUILD)

if(BUILD_SHARED_LIBS)
  message(NOTICE "sidespan: BUILD_SHARED_LIBS is ON, but sidespan's libraries are static: each plugin carries its own copy")
endif()
