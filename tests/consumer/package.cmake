# From an installed package. One is this build's, with every component; one was made with the null sink alone.

set(prefix "${CMAKE_CURRENT_BINARY_DIR}/prefix")
add_test(NAME Consumer.InstallsATreeThatCanBeMoved
  COMMAND ${CMAKE_COMMAND} "-DBUILD=${sidespan_BINARY_DIR}" "-DPREFIX=${prefix}"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/install.cmake")
set_tests_properties(Consumer.InstallsATreeThatCanBeMoved PROPERTIES LABELS consumer FIXTURES_SETUP sidespan_prefix)

set(null_prefix "${CMAKE_CURRENT_BINARY_DIR}/null_prefix")
consumer_test(BuildsTheNullSinkLookingForNothingButThreads
  SOURCE "${sidespan_SOURCE_DIR}"
  OPTIONS -DSIDESPAN_BUILD_TESTS=OFF -DSIDESPAN_BUILD_SAMPLES=OFF
  PACKAGES Threads
  INSTALL "${null_prefix}"
  MAKES sidespan_null_prefix)

# package_test(<name> <arguments of consumer_test...>) and null_package_test(): a consumer of either.
function(package_test name)
  consumer_test(${name} SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/package" NEEDS sidespan_prefix ${ARGN})
endfunction()
function(null_package_test name)
  consumer_test(${name} SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/package" NEEDS sidespan_null_prefix ${ARGN})
endfunction()

null_package_test(LinksTheNullSinkAndNoOtherLibrary
  OPTIONS "-DCMAKE_PREFIX_PATH=${null_prefix}" "-DFIND=CONFIG REQUIRED COMPONENTS null"
  PACKAGES sidespan Threads
  RUN plugin
  PLAIN plugin)
null_package_test(FindsTheDefaultSinkWhenNoComponentIsAsked
  OPTIONS "-DCMAKE_PREFIX_PATH=${null_prefix}" "-DFIND=CONFIG REQUIRED"
  PACKAGES sidespan Threads
  RUN plugin)
null_package_test(RefusesAComponentThatIsNotInstalled
  OPTIONS "-DCMAKE_PREFIX_PATH=${null_prefix}" "-DFIND=CONFIG REQUIRED COMPONENTS null http"
  FAILS "sidespan: it has no component \"http\" here; installed are: null\\.")

package_test(FindsTheMemorySink
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DFIND=CONFIG REQUIRED COMPONENTS memory" "-DCHOOSE=SINK memory CLOCK system"
  RUN plugin
  PLAIN plugin)
package_test(FindsTheFileSink
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DFIND=CONFIG REQUIRED COMPONENTS file" "-DCHOOSE=SINK file LOCK spin"
  RUN plugin)
set(no_curl "")  # a package that opens libcurl at run time looks for none
if(SIDESPAN_CURL STREQUAL "dlopen")
  set(no_curl -DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON)
endif()
package_test(FindsTheHttpSink
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" ${no_curl} "-DFIND=CONFIG REQUIRED COMPONENTS http" "-DCHOOSE=SINK http CLOCK tsc"
  RUN plugin)
package_test(FindsTeeAndJsonBesideTheSink
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DFIND=CONFIG REQUIRED COMPONENTS null tee json"
    "-DLINK=sidespan::sink_tee sidespan::json"
  RUN plugin)
package_test(DoesWithoutAnOptionalComponentThatDoesNotExist
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DFIND=CONFIG REQUIRED COMPONENTS null OPTIONAL_COMPONENTS carrier_pigeon"
  RUN plugin)
package_test(RefusesAComponentThatDoesNotExist
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DFIND=CONFIG REQUIRED COMPONENTS carrier_pigeon"
  FAILS "it has no component \"carrier_pigeon\" here; installed are: .*null, memory, file, http, tee, network, json, otlp, chrome_trace, classic, juce\\.")
package_test(RefusesASinkThatWasNotAskedFor
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DFIND=CONFIG REQUIRED COMPONENTS null" "-DCHOOSE=SINK file"
  FAILS "was found without the \"file\" component; ask for it: find_package\\(sidespan CONFIG REQUIRED COMPONENTS file\\)")
package_test(SaysWhichPackageAComponentMisses
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DFIND=CONFIG REQUIRED COMPONENTS http"
    -DCMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON
  FAILS "its component \"http\" needs ZLIB, which was not found")
package_test(RefusesAnotherMinorVersion
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DFIND=${PROJECT_VERSION_MAJOR}.99 CONFIG REQUIRED COMPONENTS null"
  FAILS "compatible with requested version \"${PROJECT_VERSION_MAJOR}\\.99\"")
