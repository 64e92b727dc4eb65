#include "sidespan_tracing.h"

#include "../../src/juce_exchange.cpp"
#include "../../src/juce_trace_headers.cpp"
#include "../../src/juce_transport.cpp"
#include "../../src/message_thread_executor.cpp"
#include "../../src/pinned_binary.cpp"
#if SIDESPAN_SENDS_WITH_JUCE
#include "../../src/juce_transport_factory.cpp"
#endif
