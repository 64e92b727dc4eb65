# JUCE, for what is built on it: an existing juce::juce_core, else the checkout in SIDESPAN_JUCE_DIR, else an installed
# package. Nothing of the SDK or its sinks needs it.
include(CheckCXXSourceCompiles)

sidespan_enum_option(SIDESPAN_JUCE auto "Build what needs JUCE: when it is found, always, never" auto on off)
set(SIDESPAN_JUCE_DIR "" CACHE PATH "Checkout of JUCE to build with; an installed JUCE when empty")

# sidespan_find_juce(<out>): sets <out> to whether to build what needs JUCE; then juce::juce_core exists.
macro(sidespan_find_juce out)
  if(NOT TARGET juce::juce_core AND NOT SIDESPAN_JUCE STREQUAL "off")
    if(SIDESPAN_JUCE_DIR)
      if(NOT EXISTS "${SIDESPAN_JUCE_DIR}/extras/Build/CMake/JUCEUtils.cmake")
        message(FATAL_ERROR "sidespan: SIDESPAN_JUCE_DIR is \"${SIDESPAN_JUCE_DIR}\", which is no checkout of JUCE")
      endif()
      add_subdirectory("${SIDESPAN_JUCE_DIR}" "${sidespan_BINARY_DIR}/juce_checkout" EXCLUDE_FROM_ALL)
    else()
      find_package(JUCE CONFIG QUIET GLOBAL)
    endif()
  endif()
  if(TARGET juce::juce_core AND NOT SIDESPAN_JUCE STREQUAL "off")
    set(${out} ON)
  elseif(SIDESPAN_JUCE STREQUAL "on")
    message(FATAL_ERROR "sidespan: SIDESPAN_JUCE is \"on\", but JUCE was not found; install it or give "
      "SIDESPAN_JUCE_DIR, a checkout")
  else()
    set(${out} OFF)
  endif()
endmacro()

# sidespan_find_static_flac(): sets SIDESPAN_FLAC_IS_STATIC if the static libFLAC is installed and can be linked into a
# plugin. Debian testing's cannot, because it is not position-independent.
function(sidespan_find_static_flac)
  find_library(SIDESPAN_STATIC_FLAC libFLAC.a HINTS ${FLAC_LIBRARY_DIRS})
  find_library(SIDESPAN_STATIC_OGG libogg.a HINTS ${FLAC_LIBRARY_DIRS})
  mark_as_advanced(SIDESPAN_STATIC_FLAC SIDESPAN_STATIC_OGG)
  if(SIDESPAN_STATIC_FLAC AND SIDESPAN_STATIC_OGG)
    set(CMAKE_REQUIRED_FLAGS -fPIC)
    set(CMAKE_REQUIRED_LINK_OPTIONS -shared)
    set(CMAKE_REQUIRED_LIBRARIES "${SIDESPAN_STATIC_FLAC}" "${SIDESPAN_STATIC_OGG}")
    check_cxx_source_compiles("
      extern \"C\" void* FLAC__stream_encoder_new();
      extern \"C\" void* FLAC__stream_decoder_new();
      void* both[] = {FLAC__stream_encoder_new(), FLAC__stream_decoder_new()};" SIDESPAN_FLAC_IS_STATIC)
  endif()
endfunction()

# sidespan_link_flac(<target>): links the system's libFLAC for juce_audio_formats if it is installed. Otherwise JUCE's
# own copy is used, which Debian's JUCE lacks. The static library is preferred, so that a plugin also runs on machines
# without libFLAC.
function(sidespan_link_flac target)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(FLAC QUIET IMPORTED_TARGET flac)
  endif()
  get_target_property(modules juce::juce_audio_formats INTERFACE_JUCE_MODULE_PATH)
  if(FLAC_FOUND)
    sidespan_find_static_flac()
    if(SIDESPAN_FLAC_IS_STATIC)
      target_include_directories(${target} SYSTEM PUBLIC ${FLAC_INCLUDE_DIRS})
      target_link_libraries(${target} PUBLIC "${SIDESPAN_STATIC_FLAC}" "${SIDESPAN_STATIC_OGG}")
    else()
      message(STATUS "sidespan: libFLAC.a is missing or not position-independent, so plugins need libFLAC.so to run")
      target_link_libraries(${target} PUBLIC PkgConfig::FLAC)
    endif()
    target_compile_definitions(${target} PUBLIC JUCE_INCLUDE_FLAC_CODE=0)
  elseif(NOT EXISTS "${modules}/juce_audio_formats/codecs/flac")
    message(FATAL_ERROR "sidespan: this JUCE comes without libFLAC, and there is none on this machine "
      "(Debian: libflac-dev)")
  endif()
  target_compile_definitions(${target} PUBLIC JUCE_USE_FLAC=1)
endfunction()

# sidespan_juce_options(<target>): for what is JUCE's code alone. Its warnings are JUCE's; optimising it further is a third
# of a build, for windows and files that are fast enough (where sanitizers run, nobody sees them); and a unique symbol
# would keep a plugin loaded for ever.
function(sidespan_juce_options target)
  set(optimization -O1)
  if(SIDESPAN_SANITIZE)
    set(optimization -O0)
  endif()
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-w>
    $<$<AND:$<CXX_COMPILER_ID:GNU,Clang,AppleClang>,$<NOT:$<CONFIG:Debug>>>:${optimization}>
    $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
endfunction()

# sidespan_add_juce_modules(<target> <modules...> [DEFINITIONS <definitions...>]): the modules, compiled once, as a
# static library that everything which needs them links. Its users see the headers and the same definitions, and never
# compile a module again. A program links one such library, since two would each bring a juce_core.
function(sidespan_add_juce_modules target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEFINITIONS")
  list(TRANSFORM arg_UNPARSED_ARGUMENTS PREPEND juce:: OUTPUT_VARIABLE modules)
  add_library(${target} STATIC)
  target_link_libraries(${target} PRIVATE ${modules})
  if(TARGET juce::pkgconfig_JUCE_IMG_LINUX_DEPS)  # Debian's JUCE comes without its own libpng and libjpeg
    target_link_libraries(${target} PRIVATE juce::pkgconfig_JUCE_IMG_LINUX_DEPS)
  endif()
  target_compile_features(${target} PUBLIC cxx_std_20)
  # JUCE's own sockets cannot post (juce/README.md), so on Linux its transport wants libcurl.
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND SIDESPAN_HTTP_TRANSPORT STREQUAL "juce"
      AND NOT arg_DEFINITIONS MATCHES "JUCE_USE_CURL=")
    list(APPEND arg_DEFINITIONS JUCE_USE_CURL=1)
  endif()
  if("JUCE_USE_CURL=1" IN_LIST arg_DEFINITIONS)
    find_package(CURL REQUIRED GLOBAL)
    if(NOT "JUCE_LOAD_CURL_SYMBOLS_LAZILY=1" IN_LIST arg_DEFINITIONS)
      target_link_libraries(${target} PUBLIC CURL::libcurl)
    endif()
  else()
    list(APPEND arg_DEFINITIONS JUCE_USE_CURL=0)
  endif()
  target_compile_definitions(${target} PUBLIC
    JUCE_WEB_BROWSER=0 JUCE_USE_OGGVORBIS=0 JUCE_DISPLAY_SPLASH_SCREEN=0 JUCE_REPORT_APP_USAGE=0
    JUCE_VST3_CAN_REPLACE_VST2=0 ${arg_DEFINITIONS})
  target_compile_definitions(${target} INTERFACE $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>)
  target_include_directories(${target} SYSTEM INTERFACE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  sidespan_juce_options(${target})
  if("juce_audio_formats" IN_LIST arg_UNPARSED_ARGUMENTS)
    sidespan_link_flac(${target})
  endif()
endfunction()

# sidespan_share_juce_modules(<plugin>): for a plugin that links such a library and is to take its JUCE from nowhere else.
# From JUCE 8 on juce_add_plugin() also links juce_audio_plugin_client, which has no code of its own but brings the modules
# that it needs, to be compiled again. JUCE 9 also chooses JUCE_USE_CURL for the plugin alone.
function(sidespan_share_juce_modules plugin)
  get_target_property(libraries ${plugin} LINK_LIBRARIES)
  list(REMOVE_ITEM libraries juce::juce_audio_plugin_client)
  get_target_property(definitions ${plugin} COMPILE_DEFINITIONS)
  list(FILTER definitions EXCLUDE REGEX "^JUCE_USE_CURL=")
  set_target_properties(${plugin} PROPERTIES LINK_LIBRARIES "${libraries}" COMPILE_DEFINITIONS "${definitions}")
endfunction()
