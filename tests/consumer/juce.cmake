# With JUCE, where there is an installed one.
if(NOT JUCE_DIR)
  return()
endif()

consumer_test(UsesWhatIsForJuceFromThePackage
  SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/juce"
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DJUCE_DIR=${JUCE_DIR}"
  NEEDS sidespan_prefix
  RUN plugin)
consumer_test(TakesTheModuleForJuce
  SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/juce_module"
  OPTIONS "-DCMAKE_PREFIX_PATH=${prefix}" "-DJUCE_DIR=${JUCE_DIR}" "-DSIDESPAN_SOURCE=${sidespan_SOURCE_DIR}"
  NEEDS sidespan_prefix
  RUN plugin)
consumer_test(LooksForNoCurlWhenJuceSends
  SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/juce"
  OPTIONS "-DSIDESPAN_SOURCE=${sidespan_SOURCE_DIR}" "-DJUCE_DIR=${JUCE_DIR}" -DSIDESPAN_HTTP_TRANSPORT=juce
  PACKAGES JUCE PkgConfig Threads Boost fmt ZLIB  # pkg-config is for JUCE
  SHARED
  RUN plugin)
consumer_test(UsesWhatIsForJuceFromSourceWithCurl
  SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/juce"
  OPTIONS "-DSIDESPAN_SOURCE=${sidespan_SOURCE_DIR}" "-DJUCE_DIR=${JUCE_DIR}" -DSIDESPAN_HTTP_TRANSPORT=curl
  SHARED
  RUN plugin)
lines_test(TakesTheLinesForJuceFromSource juce/README.md "find_package(sidespan"
  OPTIONS "-DSIDESPAN_SOURCE=${sidespan_SOURCE_DIR}" "-DJUCE_DIR=${JUCE_DIR}" -DSIDESPAN_HTTP_TRANSPORT=curl)
