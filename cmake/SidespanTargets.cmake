# How our targets are made: warnings and sanitizers are ours alone and never exported.

# sidespan_find_package(<part> <arguments of find_package...>): finds what a part of ours links, for every folder that
# will link that part, and notes it for the installed package. A macro, so that the package's variables arrive too.
macro(sidespan_find_package part)
  list(PREPEND CMAKE_MODULE_PATH "${sidespan_SOURCE_DIR}/cmake")
  find_package(${ARGN} REQUIRED GLOBAL)
  list(POP_FRONT CMAKE_MODULE_PATH)
  string(REPLACE ";" " " sidespan_package "${ARGN}")
  set_property(GLOBAL APPEND PROPERTY SIDESPAN_PACKAGES_${part} "${sidespan_package}")
endmacro()

sidespan_find_package(sdk Threads)

# g++ 12 takes "literal" + std::string for a copy onto itself (GCC bug 105651), which -Wrestrict then reports. MSVC is both
# cl and clang-cl, whose options are those of cl: there, -Wall has all warnings that clang knows.
add_library(sidespan_build_flags INTERFACE)
if(MSVC)
  target_compile_options(sidespan_build_flags INTERFACE /W4 /utf-8 $<$<BOOL:${SIDESPAN_WARNINGS_AS_ERRORS}>:/WX>)
else()
  target_compile_options(sidespan_build_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
    $<$<BOOL:${SIDESPAN_WARNINGS_AS_ERRORS}>:-Werror>)
endif()

# Sanitizers must see every translation unit of ours, tests included, and nothing that only links us.
add_library(sidespan_sanitizers INTERFACE)
if(SIDESPAN_SANITIZE)
  target_compile_options(sidespan_sanitizers INTERFACE
    -fsanitize=${SIDESPAN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(sidespan_sanitizers INTERFACE -fsanitize=${SIDESPAN_SANITIZE})
endif()

# sidespan_target(<target>): what every target of ours has, programs and tests included.
function(sidespan_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${target} PRIVATE
    $<BUILD_INTERFACE:sidespan_build_flags> $<BUILD_INTERFACE:sidespan_sanitizers>)
endfunction()

# What runs once a batch or less often is compiled to be small, since plugins carry it. With -fipa-sra a file makes variants of
# its own of functions that others have too.
add_library(sidespan_cold_flags INTERFACE)
if(SIDESPAN_TUNE_BUILD)
  target_compile_options(sidespan_cold_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:$<IF:$<BOOL:${MSVC}>,/O1,-Os>>
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<CONFIG:Debug>>>:-fno-ipa-sra>)
endif()

# A number may be infinite or NaN, whatever a user tells the compiler of their own: these stand behind their flags.
add_library(sidespan_number_flags INTERFACE)
target_compile_options(sidespan_number_flags INTERFACE $<IF:$<BOOL:${MSVC}>,/fp:precise,-fno-fast-math>)

# sidespan_library(<component> [COLD] BASE_DIR <dir> HEADERS <files...> [SOURCES <files...>] [COLD_SOURCES <files...>]
#   [DEPENDS <targets...>] [PRIVATE_DEPENDS <targets...>])
# makes the static library sidespan::<component> with its public headers as a checked file set. With SIDESPAN_TUNE_BUILD,
# since others have their own flags, a COLD library is compiled to be small, and as one, which makes it smaller still. Of
# another library, COLD_SOURCES are compiled to be small, and files of one UNITY_GROUP as one.
function(sidespan_library component)
  cmake_parse_arguments(PARSE_ARGV 1 arg "COLD" "BASE_DIR" "HEADERS;SOURCES;COLD_SOURCES;DEPENDS;PRIVATE_DEPENDS")
  set(target sidespan_${component})
  add_library(${target} STATIC)
  add_library(sidespan::${component} ALIAS ${target})
  target_sources(${target}
    PUBLIC FILE_SET HEADERS BASE_DIRS "${arg_BASE_DIR}" FILES ${arg_HEADERS}
    PRIVATE ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${component} SIDESPAN_PART ON
    SIDESPAN_SOURCES "${arg_SOURCES};${arg_COLD_SOURCES}")
  if(sidespan_IS_TOP_LEVEL)
    set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
  target_link_libraries(${target} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_DEPENDS})
  target_include_directories(${target} PRIVATE src)
  sidespan_target(${target})
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:sidespan_number_flags>)
  if(NOT SIDESPAN_TUNE_BUILD)
    target_sources(${target} PRIVATE ${arg_COLD_SOURCES})
    if(NOT arg_COLD)
      set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)  # its files share names
    endif()
  elseif(arg_COLD)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:sidespan_cold_flags>)
    sidespan_tune(${target} UNITY_BUILD_BATCH_SIZE 0)
  else()
    sidespan_tune(${target} UNITY_BUILD_MODE GROUP)
    if(arg_COLD_SOURCES)
      add_library(${target}_cold OBJECT ${arg_COLD_SOURCES})
      target_link_libraries(${target}_cold PRIVATE
        ${arg_DEPENDS} ${arg_PRIVATE_DEPENDS} sidespan_number_flags sidespan_cold_flags)
      target_include_directories(${target}_cold PRIVATE "${arg_BASE_DIR}" src)
      sidespan_target(${target}_cold)
      sidespan_tune(${target}_cold UNITY_BUILD_MODE GROUP)
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_cold>)
    endif()
  endif()
  sidespan_note_needs(${component} ${arg_DEPENDS} ${arg_PRIVATE_DEPENDS})
  set_property(GLOBAL APPEND PROPERTY SIDESPAN_INSTALL_TARGETS ${target})
endfunction()

# sidespan_tune(<target> <UNITY_BUILD properties...>): a unique symbol in one object keeps the whole plugin that links it loaded
# for ever. Sections are for the linker of a plugin, which can then leave out what nothing calls.
function(sidespan_tune target)
  sidespan_compile_together(${target} ${ARGN})
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>
    $<IF:$<BOOL:${MSVC}>,/Gy /Gw,-ffunction-sections -fdata-sections>)
endfunction()

# sidespan_note_needs(<component> <libraries...>): which of them are parts of ours, for the installed package.
function(sidespan_note_needs component)
  list(FILTER ARGN INCLUDE REGEX "^sidespan::")
  list(TRANSFORM ARGN REPLACE "^sidespan::" "")
  set_property(GLOBAL APPEND PROPERTY SIDESPAN_NEEDS_${component} ${ARGN})
endfunction()

# sidespan_compile_together(<target> [<UNITY_BUILD properties...>]): several files of the target are compiled as one, since
# what they include is most of what each takes. Configure with CMAKE_UNITY_BUILD=OFF to have each compiled alone, for
# clang-tidy and editors.
function(sidespan_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_BATCH_SIZE 12 ${ARGN})
  if(NOT DEFINED CMAKE_UNITY_BUILD)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON)
  endif()
endfunction()

# sidespan_add_parts(<parts...>): brings in each part once, whoever asks for it. A part is a target of the same name:
# `network` is sidespan::network.
function(sidespan_add_parts)
  set(folder_of_encoding encodings/encoding)
  set(folder_of_native_json encodings/native_json)
  set(folder_of_json encodings/native_json/dom)
  set(folder_of_otlp encodings/otlp)
  set(folder_of_chrome_trace encodings/chrome_trace)
  set(folder_of_otlp_reader encodings/otlp/reader)
  set(folder_of_otlp_writer encodings/otlp/writer)
  set(folder_of_http_transport network/transport)
  set(folder_of_http_curl network/curl)
  set(folder_of_http_winhttp network/winhttp)
  sidespan_recall_options()
  set(exclude "")
  if(NOT sidespan_IS_TOP_LEVEL)
    set(exclude EXCLUDE_FROM_ALL)  # what is linked is built all the same
  endif()
  foreach(part IN LISTS ARGN)
    if(TARGET sidespan_${part})
      continue()
    elseif(DEFINED folder_of_${part})
      set(folder "${folder_of_${part}}")
    else()
      string(REGEX REPLACE "^sink_" "sinks/" folder "${part}")
    endif()
    add_subdirectory("${sidespan_SOURCE_DIR}/${folder}" "${sidespan_BINARY_DIR}/${folder}" ${exclude})
  endforeach()
endfunction()

# sidespan_add_components(<names...>): the same by the names that users know: a sink goes without "sink_".
function(sidespan_add_components)
  foreach(component IN LISTS ARGN)
    sidespan_check_choice("component" "${component}" ${SIDESPAN_COMPONENT_CHOICES})
    sidespan_part_of(${component} part)
    sidespan_add_parts(${part})
  endforeach()
endfunction()

# sidespan_check_links(<folder>): stops where a target of the folder, or of one in it, links a part of ours that nobody asked
# for, and says how to ask.
function(sidespan_check_links folder)
  get_property(targets DIRECTORY "${folder}" PROPERTY BUILDSYSTEM_TARGETS)
  get_property(subfolders DIRECTORY "${folder}" PROPERTY SUBDIRECTORIES)
  foreach(target IN LISTS targets)
    foreach(property IN ITEMS LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
      get_target_property(libraries ${target} ${property})
      list(FILTER libraries INCLUDE REGEX "^sidespan::[a-z_]+$")  # what is linked under a condition may not be there
      foreach(name IN LISTS libraries)
        sidespan_check_link(${target} ${name})
      endforeach()
    endforeach()
  endforeach()
  foreach(subfolder IN LISTS subfolders)
    sidespan_check_links("${subfolder}")
  endforeach()
endfunction()

function(sidespan_check_link target name)
  if(TARGET ${name})
    return()
  endif()
  set(known "")
  foreach(component IN LISTS SIDESPAN_COMPONENT_CHOICES)
    sidespan_part_of(${component} part)
    list(APPEND known sidespan::${part})
    if(name STREQUAL "sidespan::${part}")
      message(FATAL_ERROR "sidespan: target \"${target}\" links ${name}, which needs other libraries and so is made only "
        "when it is asked for; write before add_subdirectory(sidespan): set(SIDESPAN_COMPONENTS ${component})")
    endif()
  endforeach()
  list(JOIN known ", " known)
  message(FATAL_ERROR "sidespan: target \"${target}\" links ${name}, which does not exist; there are sidespan::sdk, ${known}")
endfunction()
