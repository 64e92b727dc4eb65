# The README's first program.

set(quickstart "${sidespan_SOURCE_DIR}/samples/quickstart/main.cpp")
add_test(NAME Consumer.ReadmeShowsTheQuickstartToTheLetter
  COMMAND ${CMAKE_COMMAND} "-DREADME=${sidespan_SOURCE_DIR}/README.md" "-DPROGRAM=${quickstart}"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/readme_test.cmake")
set_tests_properties(Consumer.ReadmeShowsTheQuickstartToTheLetter PROPERTIES LABELS consumer)

package_test(RunsTheReadmesProgramWithAnotherSink
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DFIND=CONFIG REQUIRED COMPONENTS memory" "-DCHOOSE=SINK memory"
    "-DPROGRAM=${quickstart}"
  RUN plugin)

# As it stands, it talks to port 8080; where that is taken the test says so and is skipped.
if(TARGET quickstart AND TARGET sidespan-collector)
  add_test(NAME Consumer.RunsTheReadmesProgramAgainstACollector
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/quickstart_test" "${sidespan_BINARY_DIR}")
  set_tests_properties(Consumer.RunsTheReadmesProgramAgainstACollector PROPERTIES
    LABELS consumer TIMEOUT 60 SKIP_RETURN_CODE 77)
endif()

# lines_test(<name> <document> <first line> <arguments of consumer_test...>): the lines of CMake that a document shows.
function(lines_test name document first)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "OPTIONS")
  consumer_test(${name} SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/lines"
    OPTIONS "-DDOCUMENT=${sidespan_SOURCE_DIR}/${document}" "-DLINES=${first}" ${arg_OPTIONS}
    ${arg_UNPARSED_ARGUMENTS})
endfunction()
lines_test(TakesTheReadmesLinesFromThePackage README.md "find_package(sidespan"
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" NEEDS sidespan_prefix
  RUN LoopShare LoopShareTests)
lines_test(TakesTheReadmesLinesFromSource README.md "find_package(sidespan"
  OPTIONS "-DSIDESPAN_SOURCE=${sidespan_SOURCE_DIR}" -DSIDESPAN_HTTP_TRANSPORT=curl
  SHARED
  RUN LoopShare LoopShareTests)
lines_test(TakesTheInstallPagesLines docs/installing.md "add_subdirectory(sidespan)"
  OPTIONS "-DSIDESPAN_SOURCE=${sidespan_SOURCE_DIR}"
  SHARED
  RUN LoopShare)
# These configure alone: what is built then is what add_subdirectory() builds.
lines_test(TakesTheInstallPagesLinesForFetchContent docs/installing.md "include(FetchContent)"
  OPTIONS "-DFETCHCONTENT_SOURCE_DIR_SIDESPAN=${sidespan_SOURCE_DIR}" -DFETCHCONTENT_FULLY_DISCONNECTED=ON)
lines_test(TakesTheInstallPagesLinesForCpm docs/installing.md "include(cmake/CPM.cmake)"
  OPTIONS "-DCPM_sidespan_SOURCE=${sidespan_SOURCE_DIR}")
