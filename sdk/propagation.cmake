# Headers in and out: W3C Trace Context, W3C Baggage and the X-Trace-ID family.
target_sources(sidespan_sdk
  PUBLIC FILE_SET HEADERS FILES
    include/sidespan/propagation/baggage.h
    include/sidespan/propagation/extract.h
    include/sidespan/propagation/header_names.h
    include/sidespan/propagation/inject.h
    include/sidespan/propagation/trace_parent.h
    include/sidespan/propagation/trace_state.h
  PRIVATE
    src/propagation/baggage.cpp
    src/propagation/extract.cpp
    src/propagation/inject.cpp
    src/propagation/trace_parent.cpp
    src/propagation/trace_state.cpp)
