# From source, as a part of another project.

# source_test(<name> <plugins> <arguments of consumer_test...>)
function(source_test name plugins)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "OPTIONS")
  consumer_test(${name} SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/subdirectory"
    OPTIONS "-DSIDESPAN_SOURCE=${sidespan_SOURCE_DIR}" "-DPLUGINS=${plugins}" ${arg_OPTIONS}
    ${arg_UNPARSED_ARGUMENTS})
endfunction()

# "tested" takes what it does not say from the options.
source_test(BuildsProgramsThatChooseDifferently
  "silent SINK null|tested LOCK none|logged SINK file LOCK spin CLOCK tsc|sent SINK http CLOCK system"
  OPTIONS -DSIDESPAN_SINK=memory -DSIDESPAN_CLOCK=manual
  SHARED
  RUN silent tested logged sent
  PLAIN silent tested)
source_test(BuildsUnderSettingsOfItsParents "logged SINK file|sent SINK http LOCK spin"
  OPTIONS -DCMAKE_UNITY_BUILD=ON -DBUILD_SHARED_LIBS=ON -DCMAKE_CXX_STANDARD=17
  RUN logged sent)
source_test(LooksForNothingButThreadsForTheNullSink "plugin" PACKAGES Threads)
source_test(LooksForNothingButThreadsForTheMemorySink "plugin SINK memory" PACKAGES Threads)
source_test(LooksForNoNetworkForTheFileSink "plugin SINK file" PACKAGES Threads fmt)
source_test(LooksForCAresWhereItIsToldTo "plugin SINK http"
  OPTIONS -DSIDESPAN_HTTP_TRANSPORT=curl -DSIDESPAN_CURL=link -DSIDESPAN_RESOLVER=c-ares
  PACKAGES Threads fmt ZLIB Boost CURL PkgConfig CAres c-ares)

# A folder of a project's dependencies sets the options, and other folders configure targets.
source_test(TakesWhatTheFolderSetThatAddsIt "logged|sent SINK http"
  NO_FLAGS "SIDESPAN_SINK_NULL|SIDESPAN_CLOCK_STEADY|opened_curl"
  OPTIONS "-DFOLDER=SIDESPAN_SINK file|SIDESPAN_CLOCK tsc|SIDESPAN_HTTP_TRANSPORT curl|SIDESPAN_CURL link")

# A user's own settings: their flags are kept, and numbers that are none stay what they are.
source_test(ImposesNoFlagsOfItsOwn "sent SINK http|logged SINK file"
  NO_FLAGS " -Os | -fno-gnu-unique | -ffunction-sections |unity_"
  OPTIONS -DCMAKE_CXX_FLAGS=-O3)
source_test(SaysThatItsLibrariesStayStatic "plugin"
  SAYS "sidespan: BUILD_SHARED_LIBS is ON, but sidespan's libraries are static"
  OPTIONS -DBUILD_SHARED_LIBS=ON)
source_test(WritesInfinityAndNanUnderFastMath "numbers SINK file"
  OPTIONS "-DCMAKE_CXX_FLAGS=-O2 -ffast-math" "-DPROGRAM=${CMAKE_CURRENT_SOURCE_DIR}/numbers.cpp"
  RUN numbers)

source_test(HasWhatNeedsNoOtherLibrary "plugin SINK file"
  OPTIONS "-DLINK=sidespan::sink_tee sidespan::sink_memory"
  PACKAGES Threads fmt
  SHARED
  RUN plugin)
source_test(HasWhatIsAskedFor "plugin SINK memory"
  OPTIONS "-DLINK=sidespan::json sidespan::sink_tee" -DSIDESPAN_COMPONENTS=json
  PACKAGES Threads fmt Boost
  SHARED
  RUN plugin)
source_test(LinksWhatIsThereUnderACondition "plugin SINK memory"
  OPTIONS "-DOPTIONAL_LINK=sidespan::sink_tee sidespan::json oursidespan::json"
  SHARED
  RUN plugin)
source_test(BuildsATargetThatLinksOneOfTheSameChoice "plugin SINK memory CLOCK tsc"
  OPTIONS "-DLIBRARY=code SINK memory CLOCK tsc"
  SHARED
  RUN plugin)

# refusal_test(<name> <plugins> <the message> <options...>): what must stop configuration.
function(refusal_test name plugins message)
  source_test(${name} "${plugins}" FAILS "${message}" OPTIONS ${ARGN})
endfunction()

refusal_test(RefusesABadSink plugin
  "SIDESPAN_SINK is \"htp\"; it must be one of: null, memory, file, http" -DSIDESPAN_SINK=htp)
refusal_test(RefusesAnEmptySink plugin
  "SIDESPAN_SINK is \"\"; it must be one of: null, memory, file, http" -DSIDESPAN_SINK=)
refusal_test(RefusesABadLock plugin
  "SIDESPAN_LOCK is \"Spin\"; it must be one of: mutex, spin, none" -DSIDESPAN_LOCK=Spin)
refusal_test(RefusesABadClock plugin
  "SIDESPAN_CLOCK is \"rdtsc\"; it must be one of: steady, system, tsc, manual" -DSIDESPAN_CLOCK=rdtsc)
refusal_test(RefusesABadWayToLibcurl "plugin SINK http"
  "SIDESPAN_CURL is \"static\"; it must be one of: dlopen, link" -DSIDESPAN_HTTP_TRANSPORT=curl -DSIDESPAN_CURL=static)
refusal_test(RefusesABadResolver "plugin SINK http"
  "SIDESPAN_RESOLVER is \"dns\"; it must be one of: libc, c-ares" -DSIDESPAN_HTTP_TRANSPORT=curl -DSIDESPAN_RESOLVER=dns)
refusal_test(RefusesABadComponent plugin
  "an item of SIDESPAN_COMPONENTS is \"smtp\"; it must be one of: null, memory, file, http, tee, network, json, otlp, chrome_trace, classic, juce"
  -DSIDESPAN_COMPONENTS=smtp)
refusal_test(RefusesABadSanitizer plugin
  "an item of SIDESPAN_SANITIZE is \"adress\"; it must be one of: address, undefined, leak, thread"
  -DSIDESPAN_SANITIZE=adress)
refusal_test(RefusesABadSinkForOneTarget "plugin SINK tee"
  "sidespan_configure\\(plugin\\): SINK is \"tee\"; it must be one of: null, memory, file, http")
refusal_test(RefusesAnUnknownWord "plugin SINKS memory"
  "sidespan_configure\\(plugin\\): \"SINKS;memory\" is not understood; it takes SINK, LOCK, CLOCK and ENCODING")
refusal_test(RefusesAWordWithoutItsValue "plugin LOCK"
  "sidespan_configure\\(plugin\\): \"LOCK\" is not understood; it takes SINK, LOCK, CLOCK and ENCODING, each with one value")
refusal_test(RefusesToConfigureATargetTwice plugin
  "sidespan_configure\\(plugin\\): the target has been configured before" -DAGAIN=plugin)
refusal_test(RefusesToConfigureWhatIsNotATarget plugin
  "sidespan_configure: \"nobody\" is not a target; call it after add_library" -DAGAIN=nobody)
refusal_test(RefusesABadTransport plugin
  "SIDESPAN_HTTP_TRANSPORT is \"wininet\"; it must be one of: curl, juce" -DSIDESPAN_HTTP_TRANSPORT=wininet)
source_test(BuildsATargetThatLinksOneOfAnotherChoiceInPrivate "plugin SINK memory"
  OPTIONS "-DLIBRARY=code SINK file PRIVATE"
  SHARED
  RUN plugin)
foreach(other IN ITEMS "SINK file" "LOCK spin" "CLOCK tsc")
  string(REGEX REPLACE " .*" "" choice "${other}")
  refusal_test(RefusesToLinkATargetOfAnother${choice} "plugin SINK memory"
    "Property SIDESPAN_${choice} on target \"plugin\" does not match the INTERFACE_SIDESPAN_${choice} property requirement of dependency \"code\""
    "-DLIBRARY=code SINK memory ${other}")
endforeach()
foreach(component IN ITEMS network json classic)
  refusal_test(SaysHowToAskFor_${component} plugin
    "sidespan: target \"plugin\" links sidespan::${component}, .*write before add_subdirectory\\(sidespan\\): set\\(SIDESPAN_COMPONENTS ${component}\\)"
    -DLINK=sidespan::${component})
endforeach()
refusal_test(RefusesToLinkWhatDoesNotExist plugin
  "sidespan: target \"plugin\" links sidespan::jason, which does not exist; there are sidespan::sdk, .*sidespan::json"
  -DLINK=sidespan::jason)
refusal_test(RefusesABadEncoding plugin
  "SIDESPAN_ENCODING is \"protobuf\"; it must be one of: native, otlp, otlp-json, chrome" -DSIDESPAN_ENCODING=protobuf)
refusal_test(RefusesAnEncodingThatTheSinkDoesNotWrite "plugin SINK file ENCODING otlp"
  "sidespan_configure\\(plugin\\): ENCODING with SINK file is \"otlp\"; it must be one of: native, otlp-json, chrome")
source_test(BuildsProgramsThatWriteOtlp
  "silent SINK null|logged SINK file ENCODING otlp-json|traced SINK file ENCODING chrome|sent SINK http"
  OPTIONS -DSIDESPAN_ENCODING=otlp
  SHARED
  RUN silent logged traced sent)
