/*
BEGIN_JUCE_MODULE_DECLARATION

  ID:                 sidespan_tracing
  vendor:             Sidespan
  version:            0.1.0
  name:               Sidespan for JUCE
  description:        Distributed tracing for audio plugins: what sidespan::juce holds, as a module
  website:            https://sidespan.dev
  license:            MIT
  minimumCppStandard: 20
  dependencies:       juce_core juce_events
  searchpaths:        ../../include

END_JUCE_MODULE_DECLARATION
*/

#pragma once

#include <juce_core/juce_core.h>
#include <juce_events/juce_events.h>

/** Config: SIDESPAN_SENDS_WITH_JUCE
    The http sink sends with JUCE, as a build with SIDESPAN_HTTP_TRANSPORT=juce says.
*/
#ifndef SIDESPAN_SENDS_WITH_JUCE
#define SIDESPAN_SENDS_WITH_JUCE 0
#endif

#include <sidespan/juce/juce_string.h>
#include <sidespan/juce/juce_trace_headers.h>
#include <sidespan/juce/juce_transport.h>
#include <sidespan/juce/message_thread_executor.h>

#if JUCE_MODULE_AVAILABLE_juce_audio_processors
#include <juce_audio_processors/juce_audio_processors.h>

#include <sidespan/juce/host_attributes.h>
#endif
