# cmake -DRULES=<include_rules.cmake> -DROOT=<checkout> -DWORK=<folder> -P include_rules_control.cmake
#
# Breaks each rule in a copy of the sources and checks that it is noticed, by its words.
cmake_minimum_required(VERSION 3.24)

# expect_noticed(<file to add to> <line> <regex>)
function(expect_noticed file line words)
  file(REMOVE_RECURSE "${WORK}")
  file(COPY "${ROOT}/sdk" "${ROOT}/encodings" "${ROOT}/network" "${ROOT}/sinks" DESTINATION "${WORK}")
  file(APPEND "${WORK}/${file}" "${line}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} "-DROOT=${WORK}" -P "${RULES}"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(result EQUAL 0 OR NOT output MATCHES "${words}")
    message(FATAL_ERROR "\"${line}\" in ${file} was not noticed:\n${output}")
  endif()
endfunction()

expect_noticed(sdk/include/sidespan/span.h "#include <boost/json/value.hpp>"
  "span.h: <boost/json/value.hpp> is not a standard header")
expect_noticed(sdk/include/sidespan/span.h "#include <unistd.h>" "span.h: <unistd.h> is not a standard header")
expect_noticed(sdk/include/sidespan/span.h "#include <sidespan/sink_memory/memory_sink.h>"
  "span.h: <sidespan/sink_memory/memory_sink.h> is of a floor above")
expect_noticed(encodings/encoding/src/utf8.cpp "#include <sidespan/sink_file/file_sink.h>"
  "utf8.cpp: <sidespan/sink_file/file_sink.h> is of a floor above")
expect_noticed(network/src/url.cpp "#include <sidespan/encoding/utf8.h>"
  "url.cpp: <sidespan/encoding/utf8.h> is of a room beside its own")
expect_noticed(sdk/include/sidespan/span.h "#include <sidespan/no_such.h>" "<sidespan/no_such.h> is not a header of ours")
expect_noticed(sdk/include/sidespan/version.h "#include <sidespan/span.h>" "these include each other")
file(REMOVE_RECURSE "${WORK}")
