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
